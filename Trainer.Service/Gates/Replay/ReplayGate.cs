using System.Globalization;
using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Gates.Replay;

/// <summary>Whether the limiter does no worse with the model than with the one in use, on the newest recorded traffic in closed loop.</summary>
/// <remarks>A model with the smaller error may still make the worse limiter: only the loop shows it. Against no model it reports, as a
/// limiter with a backend's feedback may need none; against the champion it decides.</remarks>
internal sealed class ReplayGate : IOfflineGate
{
    private const double GoodputLost = 0.01;   // of the champion's
    private const double LateAllowed = 0.01;   // more than the champion: a 99th percentile is at the objective with as many
    private const int Seeds = 2;
    private const int FewestWindows = 10;

    /// <inheritdoc/>
    public string Name => "replay";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var traffic = Record(context.Rows, context.Split.HoldoutStart, context.Profile);
        return Judge(Name, traffic, context.Rows, context.Model, context.Champion, context.Options.Seed, cancellationToken);
    }

    /// <summary>The newest traffic among rows, as much of it as is replayed.</summary>
    internal static RecordedTraffic Record(MetricsRows rows, int from, LoopProfile profile)
    {
        var (windows, requests) = Budget(profile);
        return RecordedTraffic.Of(rows, from, profile.Window, windows, requests);
    }

    /// <summary>Replays traffic with a model, without one, and with the champion.</summary>
    internal static GateOutcome Judge(
        string gate, RecordedTraffic traffic, MetricsRows rows, ServingModel model, ServingModel? incumbent, int seed, CancellationToken cancellationToken)
    {
        if (traffic.Windows.Count < FewestWindows)
        {
            return new(gate, true, new Numbers().With("windows", traffic.Windows.Count).ToJson(), $"fewer than {FewestWindows} windows are held out: nothing to replay");
        }

        var candidate = Replay(traffic, rows, model, seed, cancellationToken);
        var without = Replay(traffic, rows, null, seed, cancellationToken);
        var numbers = new Numbers().With("windows", traffic.Windows.Count).With("scale", traffic.Scale)
            .With("candidate", candidate.ToNumbers()).With("no_model", without.ToNumbers());
        var report = string.Create(CultureInfo.InvariantCulture,
            $"goodput {candidate.Goodput:P1}, wrong throttles {candidate.ViolationRate:P2}, p99 {1000 * candidate.P99:F0} ms; no model {without.Goodput:P1}, {without.ViolationRate:P2}");
        if (incumbent is null)
        {
            return GateOutcome.Of(gate, true, numbers, report + "; there is no champion to compare with");
        }

        var champion = Replay(traffic, rows, incumbent, seed, cancellationToken);
        numbers.With("champion", champion.ToNumbers());
        var worse = Worse(candidate, champion).ToList();
        return GateOutcome.Of(gate, worse.Count == 0, numbers, report + string.Create(
            CultureInfo.InvariantCulture, $"; champion {champion.Goodput:P1}, {champion.ViolationRate:P2}, {1000 * champion.P99:F0} ms{(worse.Count == 0 ? "" : "; worse by " + string.Join(", ", worse))}"));
    }

    // Each only where chance does not explain it: replays of two equal models differ as well.
    private static IEnumerable<string> Worse(ReplayResult candidate, ReplayResult champion)
    {
        if (candidate.IsHigher(champion, window => -window.Good, GoodputLost * champion.Goodput))
        {
            yield return "goodput";
        }

        if (candidate.IsHigher(champion, window => window.Wrong, 0))
        {
            yield return "wrong throttles";
        }

        if (candidate.IsHigher(champion, window => window.Late, LateAllowed))
        {
            yield return "latency";
        }

        if (candidate.IsHigher(champion, window => window.Kept, GoodputLost))
        {
            yield return "fairness";
        }
    }

    // Requests and splits are what a replay costs: a few seconds of one core in production, a tenth of that where minutes matter.
    private static (int Windows, double Requests) Budget(LoopProfile profile) =>
        profile.HoldoutSpan > TimeSpan.Zero ? (240, 200_000) : (60, 20_000);

    private static ReplayResult Replay(RecordedTraffic traffic, MetricsRows rows, ServingModel? model, int firstSeed, CancellationToken cancellationToken)
    {
        var features = new double[rows.Schema.Count];
        double Predict(int row)
        {
            rows.CopyFeatures(row, features);
            return model.Predictor.Predict(features);
        }

        var results = Enumerable.Range(firstSeed, Seeds)
            .Select(seed => ClosedLoopReplay.Run(traffic, model is null ? null : Predict, seed, cancellationToken)).ToList();
        return new([.. results.SelectMany(result => result.Windows)], results.Average(result => result.P99));
    }
}
