using System.Globalization;

namespace RateLimitSuite.Benchmarks.Live;

/// <summary>The dashboard's own counters at one moment.</summary>
/// <param name="Delays">Explanations read by their delay since the decision, cumulative by upper edge in seconds.</param>
/// <param name="Drawn">Snapshots that pages drew.</param>
/// <param name="Skipped">Snapshots that pages skipped.</param>
internal sealed record DashboardScrape(IReadOnlyList<(double Edge, double Count)> Delays, double Drawn, double Skipped)
{
    private const string Delay = "dashboard_explanation_delay_seconds_bucket";
    private const string Snapshots = "dashboard_snapshots_total";

    public static async Task<DashboardScrape> ReadAsync(string link)
    {
        using var http = new HttpClient();
        var lines = (await http.GetStringAsync(new Uri(new Uri(link), "/metrics"))).Split('\n');
        return new DashboardScrape(
            [.. lines.Where(l => l.StartsWith(Delay, StringComparison.Ordinal)).Select(l => (EdgeOf(l), ValueOf(l)))],
            Sum(lines, "drawn"), Sum(lines, "skipped"));
    }

    /// <summary>The edge under which 95 % of the explanations since an earlier scrape were read, s.</summary>
    public double P95Since(DashboardScrape earlier)
    {
        var counts = Delays.Select(d => (d.Edge, Count: d.Count - earlier.Delays.FirstOrDefault(e => e.Edge.Equals(d.Edge)).Count)).ToList();
        return counts.Count == 0 ? double.NaN : counts.First(c => c.Count >= 0.95 * counts[^1].Count).Edge;
    }

    /// <summary>Explanations read since an earlier scrape.</summary>
    public double ReadSince(DashboardScrape earlier) => Delays.Max(d => d.Count) - (earlier.Delays.Count == 0 ? 0 : earlier.Delays.Max(d => d.Count));

    private static double Sum(IEnumerable<string> lines, string result) =>
        lines.Where(l => l.StartsWith(Snapshots, StringComparison.Ordinal) && l.Contains($"result=\"{result}\"", StringComparison.Ordinal)).Sum(ValueOf);

    private static double EdgeOf(string line)
    {
        var from = line.IndexOf("le=\"", StringComparison.Ordinal) + 4;
        var text = line[from..line.IndexOf('"', from)];
        return text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
    }

    // NAME{labels} VALUE [TIMESTAMP]
    private static double ValueOf(string line) => double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
}
