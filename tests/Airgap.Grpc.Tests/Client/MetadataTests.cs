using Grpc.Core;

namespace RateLimitSuite.Airgap.GrpcTests.Client;

public sealed class MetadataTests
{
    [Fact]
    public void Add_UpperCaseKey_IsLowered()
    {
        var metadata = new Metadata { { "Some-Key_1.x", "value" } };
        Assert.Equal("some-key_1.x", metadata[0].Key);
        Assert.Equal("value", metadata.GetValue("SOME-KEY_1.X"));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("ümlaut")]
    [InlineData("a:b")]
    public void Add_BadKey_IsRefused(string key) => Assert.Throws<ArgumentException>(() => new Metadata { { key, "value" } });

    [Fact]
    public void Add_BinaryKeyWithText_IsRefused() => Assert.Throws<ArgumentException>(() => new Metadata { { "key-bin", "text" } });

    [Fact]
    public void Add_TextKeyWithBytes_IsRefused() => Assert.Throws<ArgumentException>(() => new Metadata { { "key", [1] } });

    [Fact]
    public void Get_RepeatedKey_GivesTheLast()
    {
        var metadata = new Metadata { { "key", "one" }, { "other", "x" }, { "key", "two" } };
        Assert.Equal("two", metadata.GetValue("key"));
        Assert.Equal(["one", "two"], metadata.GetAll("key").Select(entry => entry.Value));
        Assert.Null(metadata.Get("missing"));
    }

    [Fact]
    public void Empty_Changed_IsRefused() => Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "value"));
}
