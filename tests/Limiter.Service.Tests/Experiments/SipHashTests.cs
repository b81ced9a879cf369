using RateLimitSuite.Limiter.Experiments;

namespace RateLimitSuite.Limiter.Tests.Experiments;

public class SipHashTests
{
    // The paper's own: key 00 01 … 0f, message 00 01 … 0e; and its reference program's for no, one and eight bytes.
    [Theory]
    [InlineData(15, 0xA129CA6149BE45E5)]
    [InlineData(0, 0x726FDB47DD0E0E31)]
    [InlineData(1, 0x74F839C593DC67FD)]
    [InlineData(8, 0x93F5F5799A932462)]
    public void Of_PublishedVectors_AreMet(int length, ulong expected)
    {
        var message = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

        Assert.Equal(expected, SipHash.Of(0x0706050403020100, 0x0F0E0D0C0B0A0908, message));
    }
}
