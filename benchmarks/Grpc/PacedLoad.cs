using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RateLimitSuite.Benchmarks.Grpc;

/// <summary>The same call again and again at times drawn from a Poisson process, whether or not answers come: how long callers wait that know nothing of each other.</summary>
/// <remarks>One thread that writes and reads frames itself and sleeps in between, so that next to nothing of the processors goes to the load; a load
/// generator that sends all of an interval's calls at its beginning measures its own queue.</remarks>
internal sealed partial class PacedLoad(Uri server, string method, byte[] message) : IDisposable
{
    // As a gateway with a worker for each of these processors has them, and as it keeps them: what a server makes for a new connection is young for
    // its collector, which then has more to copy.
    private const int Connections = 2;
    private const uint NapMicroseconds = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PacedConnection[] _connections = [.. Enumerable.Range(0, Connections).Select(_ => new PacedConnection(server, method, message))];

    /// <summary>Makes so many calls.</summary>
    /// <param name="calls">In all.</param>
    /// <param name="callsPerSecond">In the mean.</param>
    /// <returns>Latency of each from the time that was drawn for it until its answer had ended, seconds, in order of size.</returns>
    public double[] Run(int calls, double callsPerSecond)
    {
        var arrivals = Arrivals(calls, callsPerSecond);
        var latencies = new List<double>(arrivals.Length);
        var start = Stopwatch.GetTimestamp();
        var sent = 0;
        while (latencies.Count < arrivals.Length)
        {
            var now = Stopwatch.GetTimestamp() - start;
            for (; sent < arrivals.Length && arrivals[sent] <= now; sent++)
            {
                _connections[sent % Connections].Ask(arrivals[sent]);
            }

            foreach (var connection in _connections)
            {
                connection.Send();
                connection.Receive(asked => latencies.Add((double)(Stopwatch.GetTimestamp() - start - asked) / Stopwatch.Frequency));
            }

            if (now > arrivals[^1] + (Patience.TotalSeconds * Stopwatch.Frequency))
            {
                throw new InvalidOperationException($"{latencies.Count} answers came for {arrivals.Length} calls.");
            }

            _ = Sleep(NapMicroseconds);
        }

        latencies.Sort();
        return [.. latencies];
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_connections, connection => connection.Dispose());

    private static long[] Arrivals(int calls, double callsPerSecond)
    {
        var random = new Random(5);
        var (arrivals, at) = (new long[calls], 0.0);
        for (var i = 0; i < calls; i++)
        {
            at -= Math.Log(1 - random.NextDouble()) / callsPerSecond;
            arrivals[i] = (long)(at * Stopwatch.Frequency);
        }

        return arrivals;
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}
