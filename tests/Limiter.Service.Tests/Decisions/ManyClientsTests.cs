using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Decisions;

[Collection(nameof(Alone))]
public class ManyClientsTests
{
    private const int Bound = 1 << 16;

    [Fact]
    public void Decide_AMillionDistinctClients_StaysWithinTheBoundAndIsRight()
    {
        // Full buckets after 0.1 s: everybody who has been away for that long may be forgotten.
        var rig = new EngineRig(new Policy { Name = "p", Domain = "default", Capacity = 1, ColdStart = 1, FallbackRate = 10 }, Bound);
        Ask(rig, 0, 200_000);
        var atBound = GC.GetTotalMemory(forceFullCollection: true);

        var wrong = Ask(rig, 200_000, 1_000_000);
        var after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.True(wrong == 0, $"{wrong} wrong, {rig.Clients.Evicted} evicted, {rig.Clients.Refused} refused");
        Assert.InRange(rig.Clients.Count, Bound * 9 / 10, Bound);
        Assert.True(rig.Clients.Evicted >= 1_000_000 - Bound, $"{rig.Clients.Evicted} evicted");
        Assert.Equal(0, rig.Clients.Refused);
        Assert.True(after < atBound * 1.1, $"{atBound} bytes became {after}");
    }

    // Each new client is allowed once and throttled at once after; returns how often that was not so.
    private static int Ask(EngineRig rig, int from, int to)
    {
        var wrong = 0;
        var features = new double[FeatureSchema.V1.Count];
        var record = DecisionRecord.Empty;
        Span<byte> id = stackalloc byte[16];
        for (var i = from; i < to; i++)
        {
            Encoding.UTF8.TryGetBytes($"c{i}", id, out var length);
            var now = TimeSpan.FromMicroseconds(i * 10L);
            for (var attempt = 0; attempt < 2; attempt++)
            {
                features.AsSpan().Fill(double.NaN);
                record = DecisionRecord.Empty;
                rig.Engine.Decide(new DecisionRequest { Policy = rig.Policy, ClientId = id[..length], Cost = 1, Features = features, Now = now }, ref record);
                wrong += record.Allowed == (attempt == 0) ? 0 : 1;
            }
        }

        return wrong;
    }
}
