using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Traffic.Simulation;

namespace RateLimitSuite.Traffic.Tests.Simulation;

public class SimulatedBackendTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(100, 0.9, 1.0)]
    [InlineData(190, 0.6, 1.0)]
    public void Serve_UnderCapacity_EndsInTime(double rate, double leastOk, double mostOk)
    {
        var backend = new SimulatedBackend(servers: 8, capacity: 200, Timeout, seed: 1);

        var ok = Enumerable.Range(0, 5_000).Count(i => backend.Serve(TimeSpan.FromSeconds(i / rate), 200).Class == OutcomeClass.Ok);

        Assert.InRange(ok / 5_000.0, leastOk, mostOk);
    }

    [Fact]
    public void Serve_Overloaded_TimesOutAndWastesTheWork()
    {
        var backend = new SimulatedBackend(servers: 8, capacity: 100, Timeout, seed: 1);

        // All of them are served before any is skipped: Skip alone would not ask the backend.
        var ends = Enumerable.Range(0, 5_000).Select(i => backend.Serve(TimeSpan.FromSeconds(i / 200.0), 200)).ToList();

        Assert.All(ends.Skip(2_500), end => Assert.Equal((Timeout, OutcomeClass.Timeout), end));
    }

    [Fact]
    public void Serve_CapacityChanged_ServesAtTheNewRate()
    {
        var backend = new SimulatedBackend(servers: 1, capacity: 100, Timeout, seed: 1);
        var before = Enumerable.Range(0, 2_000).Average(i => backend.Serve(TimeSpan.FromSeconds(i), 200).Latency.TotalSeconds);

        backend.Capacity = 50;
        var after = Enumerable.Range(2_000, 2_000).Average(i => backend.Serve(TimeSpan.FromSeconds(i), 200).Latency.TotalSeconds);

        Assert.Equal(0.01, before, 0.001);   // 1 server / 100 requests/s
        Assert.Equal(0.02, after, 0.002);
    }

    [Theory]
    [InlineData(404, OutcomeClass.ClientError)]
    [InlineData(503, OutcomeClass.ServerError)]
    [InlineData(0, OutcomeClass.Ok)]
    public void Serve_LoggedStatus_BecomesTheClass(int status, OutcomeClass expected) =>
        Assert.Equal(expected, new SimulatedBackend(8, 100, Timeout, 1).Serve(TimeSpan.Zero, status).Class);

    [Fact]
    public void FactorAt_Plans_CutAlternateOrObey()
    {
        var cut = CapacityPlan.Of(new TrafficOptions { Duration = TimeSpan.FromSeconds(100) }, 100);
        var alternating = CapacityPlan.Of(new TrafficOptions(), 100);

        Assert.Equal(150, cut.Full);
        const double Cut = 0.7 / 1.5;   // 0.7 × the mean load, of a full capacity of 1.5 × it
        Assert.Equal((1, Cut), (cut.FactorAt(TimeSpan.FromSeconds(39.9)), cut.FactorAt(TimeSpan.FromSeconds(40))));
        Assert.Equal((1, Cut, 1), (alternating.FactorAt(TimeSpan.FromMinutes(5)), alternating.FactorAt(TimeSpan.FromMinutes(7)), alternating.FactorAt(TimeSpan.FromMinutes(13))));
        alternating.Say(0.3);
        Assert.Equal(0.3, alternating.FactorAt(TimeSpan.FromMinutes(13)));
    }
}
