namespace RateLimitSuite.Benchmarks.Grpc;

/// <summary>Rounds of one load: what it reached, and what the server spent on it.</summary>
/// <param name="name">What it is.</param>
/// <param name="decisions">Decisions a call or message.</param>
/// <param name="run">Makes so many calls; returns calls/s.</param>
internal sealed class Throughput(string name, int decisions, Func<int, double> run)
{
    private readonly List<double> _speeds = [];
    private readonly List<TimeSpan> _cpu = [];
    private long _made;
    private long _lost;

    public string Name => name;

    /// <summary>Decisions/s of the best round.</summary>
    public double Best => _speeds.Max();

    /// <summary>Decisions/s of the middle round.</summary>
    public double Median => _speeds.Order().ElementAt(_speeds.Count / 2);

    /// <summary>Processor time of the server for one decision, in the best round.</summary>
    public TimeSpan Cpu => _cpu.Min();

    /// <summary>Events of decisions and outcomes that found no room, for each decision of all rounds.</summary>
    public double LostShare => (double)_lost / _made;

    public void WarmUp(int calls) => run(calls);

    /// <summary>Takes a round.</summary>
    /// <param name="calls">How many, of one decision each; an eighth as many messages of several.</param>
    /// <param name="used">Processor time that the server has used.</param>
    /// <param name="lost">Events that it has dropped.</param>
    public void Take(int calls, Func<TimeSpan> used, Func<long> lost)
    {
        var lostBefore = lost();
        var before = used();
        var speed = run(calls);
        var made = decisions == 1 ? calls : calls / 8 * decisions;
        _cpu.Add((used() - before) / made);
        _speeds.Add(speed * decisions);
        _made += made;
        _lost += lost() - lostBefore;
    }
}
