namespace RateLimitSuite.Traffic.Sources;

/// <summary>Traffic without a log: heavy-tailed clients, a daily wave, bursts; the same for the same seed, without end.</summary>
/// <remarks>Client i weighs 1/(i+1)^1.1, as of web clients. The wave turns once in <see cref="WavePeriod"/>, shorter than a day so that it is to be seen.
/// A tenth of the requests open a burst: a page with its images.</remarks>
internal sealed class MadeTraffic(double rate, int clients, int seed)
{
    private const double TailExponent = 1.1;
    private const double WaveDepth = 0.4;
    private const double BurstShare = 0.1;
    private const int BurstMax = 12;

    /// <summary>Length of the wave: not longer than the demo's capacity stays cut, or a cut that falls into a trough is none.</summary>
    public static readonly TimeSpan WavePeriod = TimeSpan.FromMinutes(6);

    /// <summary>The events, in order, from 0 on.</summary>
    public IEnumerable<TrafficEvent> Read()
    {
        var random = new Random(seed);
        var shares = Shares();

        // Requests of one arrival: 1, or a burst of 2..12; arrivals come so much rarer that the mean stays.
        const double MeanPerArrival = 1 - BurstShare + (BurstShare * (2 + BurstMax) / 2);
        var pending = new PriorityQueue<TrafficEvent, TimeSpan>();
        var at = TimeSpan.Zero;
        while (true)
        {
            var wave = 1 + (WaveDepth * Math.Sin(2 * Math.PI * at / WavePeriod));
            at += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) * MeanPerArrival / (rate * wave));
            while (pending.TryPeek(out var waiting, out var due) && due <= at)
            {
                pending.Dequeue();
                yield return waiting;
            }

            var client = Pick(shares, random.NextDouble());
            var requests = random.NextDouble() < BurstShare ? random.Next(2, BurstMax + 1) : 1;
            for (var i = 0; i < requests; i++)
            {
                var when = at + TimeSpan.FromMilliseconds(i * 30 * random.NextDouble());
                pending.Enqueue(Make(client, when, random), when);
            }
        }
    }

    private static TrafficEvent Make(int client, TimeSpan at, Random random)
    {
        var bytes = Math.Round(Math.Exp(9.5 + (1.2 * Normal(random))));
        return new TrafficEvent(at, $"client-{client:000}", Math.Min(bytes, 5e6), double.NaN, 200);
    }

    private double[] Shares()
    {
        var cumulative = new double[clients];
        var sum = 0.0;
        for (var i = 0; i < clients; i++)
        {
            sum += Math.Pow(i + 1, -TailExponent);
            cumulative[i] = sum;
        }

        for (var i = 0; i < clients; i++)
        {
            cumulative[i] /= sum;
        }

        return cumulative;
    }

    private static int Pick(double[] cumulative, double point)
    {
        var found = Array.BinarySearch(cumulative, point);
        return Math.Min(found < 0 ? ~found : found, cumulative.Length - 1);
    }

    internal static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
