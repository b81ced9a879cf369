using RateLimitSuite.Explainer.Background;

namespace RateLimitSuite.Explainer.Tests.Background;

public sealed class BackgroundWindowTests
{
    [Fact]
    public void Snapshot_MoreRowsThanCapacity_HoldsTheNewest()
    {
        var window = new BackgroundWindow(featureCount: 2, capacity: 3);
        for (var i = 0; i < 5; i++)
        {
            window.Add([i, i * 10]);
        }

        var rows = window.Snapshot().Chunk(2).Select(row => (row[0], row[1])).Order();

        Assert.Equal([(2, 20), (3, 30), (4, 40)], rows);
        Assert.Equal(5, window.Added);
        Assert.Equal(3, window.Count);
    }

    [Fact]
    public void Snapshot_FewRows_HoldsOnlyThose()
    {
        var window = new BackgroundWindow(featureCount: 2, capacity: 3);
        window.Add([7, 8]);
        Assert.Equal([7, 8], window.Snapshot());
    }
}
