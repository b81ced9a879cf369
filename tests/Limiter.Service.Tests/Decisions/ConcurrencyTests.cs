using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Decisions;

/// <summary>Many threads, one truth: what is admitted never passes capacity + ∫ refill rate.</summary>
public class ConcurrencyTests
{
    private const int Threads = 8;

    [Fact]
    public void Decide_HotClientFromManyThreads_AdmitsExactlyWhatTheBucketHolds()
    {
        // All requests at one moment: nothing refills, so the number is known to the token.
        var rig = new EngineRig(new Policy { Name = "p", Domain = "default", Capacity = 5_000, ColdStart = 1, FallbackRate = 10 });
        var allowed = Run(4_000, (_, features) => Ask(rig, "hot"u8, TimeSpan.Zero, features));

        Assert.Equal(5_000, allowed);
    }

    [Fact]
    public void Decide_ManyClientsRisingTimesAndModelSwaps_AdmitsNoMoreThanAnyOrderCould()
    {
        const int Clients = 50;
        const double HighestRate = 40;
        var rig = new EngineRig(new Policy { Name = "p", Domain = "default", Capacity = 20, ColdStart = 0.5 });
        var ids = Enumerable.Range(0, Clients).Select(i => System.Text.Encoding.UTF8.GetBytes($"client-{i}")).ToArray();
        var admitted = new long[Clients];
        var latest = 0L;
        rig.Serve(TestModels.Constant(20, "m0"));

        Run(20_000, (i, features) =>
        {
            var client = (i * 7919) % Clients;
            var now = TimeSpan.FromTicks(i * TimeSpan.TicksPerMillisecond / 4);   // 5 s in all, out of order between threads
            InterlockedMax(ref latest, now.Ticks);
            if (i % 1_000 == 0)
            {
                rig.Serve(TestModels.Constant(i % 2_000 == 0 ? 20 : HighestRate, $"m{i}"));
            }

            if (Ask(rig, ids[client], now, features))
            {
                Interlocked.Increment(ref admitted[client]);
                return true;
            }

            return false;
        });

        var bound = 20 + (HighestRate * TimeSpan.FromTicks(latest).TotalSeconds);   // capacity + ∫ rate
        Assert.All(admitted, count => Assert.True(count <= bound, $"{count} over {bound}"));
        Assert.All(admitted, count => Assert.True(count >= 10 + (20 * TimeSpan.FromTicks(latest).TotalSeconds * 0.8), $"{count}"));
    }

    private static long Run(int perThread, Func<int, double[], bool> ask)
    {
        long allowed = 0;
        using var start = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            var features = new double[FeatureSchema.V1.Count];
            start.SignalAndWait();
            for (var i = 0; i < perThread; i++)
            {
                if (ask(i, features))
                {
                    Interlocked.Increment(ref allowed);
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return allowed;
    }

    private static bool Ask(EngineRig rig, ReadOnlySpan<byte> client, TimeSpan now, double[] features)
    {
        features.AsSpan().Fill(double.NaN);
        var record = DecisionRecord.Empty;
        rig.Engine.Decide(new DecisionRequest { Policy = rig.Policy, ClientId = client, Cost = 1, Features = features, Now = now }, ref record);
        return record.Allowed;
    }

    private static void InterlockedMax(ref long target, long value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            var held = Interlocked.CompareExchange(ref target, value, seen);
            if (held == seen)
            {
                return;
            }

            seen = held;
        }
    }
}
