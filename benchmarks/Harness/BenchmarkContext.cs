using System.Globalization;

namespace RateLimitSuite.Benchmarks.Harness;

/// <summary>Takes measurements side by side and collects the rows.</summary>
internal sealed class BenchmarkContext(TextWriter output, BenchmarkOptions options)
{
    private const int SamplesCount = 120;
    // Short against a time slice, so that on a busy machine most samples are still whole.
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan OurWarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PeerWarmUp = TimeSpan.FromSeconds(0.3);
    private readonly List<BenchmarkRow> _rows = [];

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<BenchmarkRow> Rows => _rows;

    /// <summary>What the command line asks for.</summary>
    public BenchmarkOptions Options => options;

    /// <summary>Says how far a long benchmark has come; not part of the result. Any thread may call it.</summary>
    public static void Progress(string text) => Console.Error.WriteLine($"  {text}");

    /// <summary>Prints a line for people: conditions, what is missing.</summary>
    public void Note(string text) => output.WriteLine($"  {text}");

    /// <summary>Adds a row that was measured elsewhere.</summary>
    public void Add(BenchmarkRow row)
    {
        _rows.Add(row);
        output.WriteLine(Format(row));
    }

    /// <summary>Measures the time of an operation against peers, sample by sample in turn, so that a noisy neighbour meets all alike.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="conditions">What the figures hold for.</param>
    /// <param name="ours">Our side.</param>
    /// <param name="peers">The others; one row each. With none, our figure stands alone.</param>
    public void CompareTime(string name, string conditions, Contender ours, params Contender[] peers) =>
        Compare(name, conditions, Clock.Wall, samples => samples.P50, ours, peers);

    /// <summary>
    /// The same for what one thread does without waiting: by the processor time of the thread, and the figure is the lower quartile of each side.
    /// On a machine with others on it a median tells more of them than of the code, and more of long calls than of short ones.
    /// </summary>
    /// <param name="name">What is measured.</param>
    /// <param name="conditions">What the figures hold for.</param>
    /// <param name="ours">Our side; it works on the thread that calls it.</param>
    /// <param name="peers">The others, likewise.</param>
    public void CompareProcessorTime(string name, string conditions, Contender ours, params Contender[] peers) =>
        Compare(name, $"{conditions}; one thread each, lower quartile of its processor time", Clock.Thread, samples => samples.P25, ours, peers);

    private void Compare(string name, string conditions, Func<double> clock, Func<Samples, double> figure, Contender ours, Contender[] peers)
    {
        var our = Samples.Calibrate(ours, Batch, OurWarmUp, clock);
        var others = Array.ConvertAll(peers, peer => Samples.Calibrate(peer, Batch, PeerWarmUp, clock));
        for (var i = 0; i < SamplesCount; i++)
        {
            our.Take();
            Array.ForEach(others, other => other.Take());
        }

        if (others.Length == 0)
        {
            Add(Row(name, conditions, figure, our, null, null));
        }

        for (var i = 0; i < others.Length; i++)
        {
            Add(Row(name, conditions, figure, our, others[i], peers[i].Name));
        }
    }

    private static BenchmarkRow Row(string name, string conditions, Func<Samples, double> figure, Samples ours, Samples? peer, string? peerName)
    {
        var (own, other) = (figure(ours), peer is null ? (double?)null : figure(peer));
        return new(name, own, other, peerName, other / own, "ns", conditions)
        {
            OursBest = ours.Best,
            PeerBest = peer?.Best,
            OursP99 = ours.P99,
            PeerP99 = peer?.P99,
            BytesPerOperation = ours.BytesPerOperation,
        };
    }

    private static string BestRatio(BenchmarkRow row) => row.PeerBest is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" (best of each: {RatioText(row.PeerBest / row.OursBest)}x)");

    // Three figures, or all before the point.
    private static string? RatioText(double? ratio) => ratio?.ToString(ratio < 10 ? "N2" : "N1", CultureInfo.InvariantCulture);

    private static string Format(BenchmarkRow row)
    {
        var figures = string.Create(CultureInfo.InvariantCulture, $"{row.Name,-44} {row.Ours,12:N1} {row.Unit,-6}");
        var peer = row.Peer is null ? "" : string.Create(CultureInfo.InvariantCulture, $" {row.PeerName,-28} {row.Peer,14:N1} {RatioText(row.Ratio),9}x{BestRatio(row)}");
        var rest = row.OursP99 is null ? "" : string.Create(CultureInfo.InvariantCulture, $"  best {row.OursBest:N1}, p99 {row.OursP99:N1}, {row.BytesPerOperation:N2} B/op");
        return $"{figures}{peer}{rest}  {row.Conditions}";
    }
}
