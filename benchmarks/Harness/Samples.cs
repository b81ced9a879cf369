using System.Diagnostics;

namespace RateLimitSuite.Benchmarks.Harness;

/// <summary>Timed samples of one contender: each sample is the mean time of one operation in a batch.</summary>
/// <param name="contender">Whose times.</param>
/// <param name="operations">Calls a batch.</param>
/// <param name="clock">What times them, in ns.</param>
internal sealed class Samples(Contender contender, int operations, Func<double> clock)
{
    private readonly List<double> _nanoseconds = [];
    private long _allocated;

    /// <summary>Lower quartile of the time of an operation, ns: what most samples on a busy machine are slowed down from.</summary>
    public double P25 => Percentile(0.25);

    /// <summary>Median time of an operation, ns.</summary>
    public double P50 => Percentile(0.50);

    /// <summary>Least time of an operation, ns: what it takes when nobody disturbs.</summary>
    public double Best => _nanoseconds.Min();

    /// <summary>99th percentile over the samples, ns.</summary>
    public double P99 => Percentile(0.99);

    /// <summary>Managed bytes an operation allocates.</summary>
    public double BytesPerOperation => (double)_allocated / ((double)_nanoseconds.Count * operations * contender.OperationsPerCall);

    /// <summary>Finds how many operations take about a given time, which also warms up the code.</summary>
    /// <param name="contender">Who.</param>
    /// <param name="batch">Time that a batch should take.</param>
    /// <param name="warmUp">Time in which managed code reaches its last tier, even where the compiler's thread has to wait.</param>
    /// <param name="clock">What times the samples, in ns.</param>
    public static Samples Calibrate(Contender contender, TimeSpan batch, TimeSpan warmUp, Func<double> clock)
    {
        var operations = contender.LeastCalls;
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            var start = Stopwatch.GetTimestamp();
            contender.Run(operations);
            var elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed >= batch && Stopwatch.GetElapsedTime(begin) >= warmUp)
            {
                return new Samples(contender, operations, clock);
            }

            operations = elapsed >= batch ? operations : Math.Min(operations * 2, 1 << 28);
        }
    }

    /// <summary>Takes one sample.</summary>
    public void Take()
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = clock();
        contender.Run(operations);
        var elapsed = clock() - start;
        _allocated += GC.GetAllocatedBytesForCurrentThread() - allocated;   // before the list below may grow
        _nanoseconds.Add(elapsed / operations / contender.OperationsPerCall);
    }

    private double Percentile(double share)
    {
        var sorted = _nanoseconds.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }
}
