using System.Globalization;
using RateLimitSuite.Benchmarks.Harness;

namespace RateLimitSuite.Benchmarks.Loop;

/// <summary>The results of one scenario: policies by seeds.</summary>
internal sealed class LoopTable(string scenario, IReadOnlyDictionary<string, LoopResult[]> results)
{
    private readonly LoopResult[] _oracle = results[LoopPolicy.Oracle];

    /// <summary>Goodput over the oracle's, seed by seed.</summary>
    public Interval Goodput(string policy) => Interval.Of([.. results[policy].Select((r, seed) => r.Goodput / _oracle[seed].Goodput)]);

    /// <summary>Prints the table.</summary>
    public void Print(BenchmarkContext context)
    {
        context.Note($"{scenario}: {_oracle.Length} seeds, mean ± 95 % interval");
        context.Note($"{"policy",-22} {"goodput/oracle %",18} {"p50 ms",10} {"p99 ms",12} {"wrong/all %",12} {"wrong/denied %",14} {"missed %",12} {"fair %",12} {"estimate - true %",18} {"R",6} models");
        foreach (var (policy, runs) in results)
        {
            var estimated = double.IsNaN(runs[0].EstimatedViolations) ? "" : Of(runs, r => r.EstimatedViolations - r.ViolationRate).Percent();
            context.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"{policy,-22} {Goodput(policy).Percent(),18} {Of(runs, r => r.P50).Milliseconds(),10} {Of(runs, r => r.P99).Milliseconds(),12} {Of(runs, r => r.ViolationRate).Percent(),12} {Of(runs, r => r.FalseShare).Percent(),14} {Of(runs, r => r.Missed / Math.Max(1, r.Decided - r.Denied)).Percent(),12} {Of(runs, r => r.Fairness).Percent(),12} {estimated,18} {runs.Where(r => double.IsFinite(r.Error)).Select(r => r.Error).DefaultIfEmpty(double.NaN).Average(),6:F2} {runs.Average(r => r.Models):F1}"));
        }

        context.Note($"the model is worth {Worth.Percent().Trim()} points of goodput, seed by seed");
    }

    /// <summary>What the model is worth: its goodput less that without one, seed by seed.</summary>
    public Interval Worth => Interval.Of([.. results[LoopPolicy.Full].Select((r, seed) => (r.Goodput - results[LoopPolicy.NoModel][seed].Goodput) / _oracle[seed].Goodput)]);

    /// <summary>Adds the rows for the file: our two policies against each other one.</summary>
    public void AddRows(BenchmarkContext context)
    {
        context.Add(new(
            "the model's worth in goodput", 100 * Worth.Mean, null, null, null, "points",
            string.Create(CultureInfo.InvariantCulture, $"{scenario}, {_oracle.Length} seeds, ± {100 * Worth.HalfWidth:F1}")));
        foreach (var ours in (string[])[LoopPolicy.NoModel, LoopPolicy.Full])
        {
            var our = Goodput(ours);
            foreach (var peer in results.Keys.Where(p => p is not LoopPolicy.Oracle && p != ours))
            {
                var theirs = Goodput(peer);
                context.Add(new(
                    $"{ours}: goodput of the oracle's", 100 * our.Mean, 100 * theirs.Mean, peer, our.Mean / theirs.Mean, "%",
                    string.Create(CultureInfo.InvariantCulture, $"{scenario}, {_oracle.Length} seeds, ± {100 * our.HalfWidth:F1} and ± {100 * theirs.HalfWidth:F1}")));
            }

            context.Add(new($"{ours}: wrong throttles of all", 100 * Of(results[ours], r => r.ViolationRate).Mean, null, null, null, "%", scenario));
            context.Add(new($"{ours}: p99 latency", 1000 * Of(results[ours], r => r.P99).Mean, null, null, null, "ms", scenario));
            context.Add(new($"{ours}: violation estimate less truth", 100 * Of(results[ours], r => r.EstimatedViolations - r.ViolationRate).Mean, null, null, null, "points", scenario));
        }
    }

    /// <summary>The goodput of all policies as bars.</summary>
    public string ToSvg()
    {
        const int Row = 26;
        const int Left = 170;
        const int Width = 400;
        var svg = new System.Text.StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Left + Width + 60}\" height=\"{(results.Count * Row) + 40}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"18\">Goodput of the oracle's: {scenario}, {_oracle.Length} seeds</text>\n");
        var y = 30;
        foreach (var policy in results.Keys)
        {
            var (mean, half) = Goodput(policy);
            var ours = policy is LoopPolicy.NoModel or LoopPolicy.Full;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{y + 14}\" text-anchor=\"end\">{policy}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{y}\" width=\"{Width * mean:F1}\" height=\"18\" fill=\"{(ours ? "#2563eb" : "#94a3b8")}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left + (Width * (mean - half)):F1}\" x2=\"{Left + (Width * (mean + half)):F1}\" y1=\"{y + 9}\" y2=\"{y + 9}\" stroke=\"#0f172a\" stroke-width=\"2\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + (Width * mean) + 14:F1}\" y=\"{y + 14}\">{mean:F3}</text>\n");
            y += Row;
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static Interval Of(LoopResult[] runs, Func<LoopResult, double> value) => Interval.Of([.. runs.Select(value)]);
}
