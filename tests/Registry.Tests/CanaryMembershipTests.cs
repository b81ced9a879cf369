using System.Text;

namespace RateLimitSuite.Registry.Tests;

public sealed class CanaryMembershipTests
{
    private const int Clients = 20_000;

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void Contains_ManyClients_HoldsTheShare(double share)
    {
        var members = Enumerable.Range(0, Clients).Count(i => CanaryMembership.Contains(Id(i), "salt", share));

        // Four standard deviations of a fair draw.
        Assert.InRange(members, Clients * share - 4 * Math.Sqrt(Clients * share * (1 - share)), Clients * share + 4 * Math.Sqrt(Clients * share * (1 - share)));
    }

    [Fact]
    public void Contains_GrowingShare_NeverDropsAClient()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(!CanaryMembership.Contains(Id(i), "s", 0.05) || CanaryMembership.Contains(Id(i), "s", 0.25));
        }
    }

    [Fact]
    public void Contains_OtherSalt_PicksOtherClients()
    {
        var both = Enumerable.Range(0, Clients).Count(i => CanaryMembership.Contains(Id(i), "a", 0.1) && CanaryMembership.Contains(Id(i), "b", 0.1));

        Assert.InRange(both, 100, 300);   // 1 % of 20,000 if the salts are independent
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Contains_NoneOrAll_IsSure(double share, bool expected) =>
        Assert.All(Enumerable.Range(0, 1_000), i => Assert.Equal(expected, CanaryMembership.Contains(Id(i), "salt", share)));

    // The hash is a contract between processes: a changed one would let two replicas disagree. Computed by another program.
    [Fact]
    public void Contains_KnownClients_PicksTheSameOnesForEver()
    {
        var members = Enumerable.Range(0, 20).Where(i => CanaryMembership.Contains(Id(i), "20261121", 0.25));

        Assert.Equal(KnownMembers, members);
    }

    private static readonly int[] KnownMembers = [5, 6, 7, 11, 14, 17];

    private static byte[] Id(int client) => Encoding.UTF8.GetBytes($"client-{client}");
}
