namespace RateLimitSuite.Contracts.Tests;

public sealed class SubnetsTests
{
    [Theory]
    [InlineData("203.0.113.77", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.0/24")]
    [InlineData("2001:db8:1:2:3::4", "2001:db8:1::/48")]
    [InlineData("203.0.113.777", "")]
    [InlineData("alice", "")]
    [InlineData("", "")]
    public void Of_Address_IsItsSubnet(string address, string subnet) => Assert.Equal(subnet, Subnets.Of(address));
}
