using Google.Protobuf;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>The generated code is the reference: for what is plain, for what is not, and for what is no message at all.</summary>
public sealed class DecideRequestDecoderTests
{
    [Fact]
    public void TryRead_PlainRequests_AreWhatTheGeneratedCodeReadsHoweverOftenOneIsFilledIn()
    {
        var random = new Random(29);
        var request = new DecideRequest();
        for (var round = 0; round < 3_000; round++)
        {
            var expected = AnyRequest.Request(random, plain: true);

            Assert.True(DecideRequestDecoder.TryRead(expected.ToByteArray(), request));
            Assert.Equal(expected, request);
        }
    }

    [Fact]
    public void Read_AnyRequest_IsWhatTheGeneratedCodeReads()
    {
        var random = new Random(31);
        for (var round = 0; round < 3_000; round++)
        {
            var expected = AnyRequest.Request(random, plain: random.Next(2) == 0);

            var request = DecideRequestDecoder.Read(new PayloadInPieces(expected.ToByteArray(), random));
            Assert.Equal(expected, request);
            DecideRequestDecoder.Return(request);
        }
    }

    [Fact]
    public void Read_SeveralUnderWayOnOneThread_AreApart()
    {
        var random = new Random(37);
        var expected = Enumerable.Range(0, 5).Select(_ => AnyRequest.Request(random, plain: true, textMax: 4)).ToArray();

        var requests = Array.ConvertAll(expected, request => DecideRequestDecoder.Read(new PayloadInPieces(request.ToByteArray(), random)));

        Assert.Equal(expected, requests);
        Array.ForEach(requests, DecideRequestDecoder.Return);
    }

    [Fact]
    public void Read_BytesChangedAnywhere_AreRefusedOrReadAsByTheGeneratedCode() => ChangedBytes.AssertReadAlike(
        41, (random, plain) => AnyRequest.Request(random, plain, textMax: 3), DecideRequest.Parser, DecideRequestDecoder.Read, DecideRequestDecoder.Return);

    [Fact]
    public void TryRead_TypicalMessage_IsPlain()
    {
        var request = new DecideRequest
        {
            ClientId = "client-1", Domain = "default", RequestId = "r", Cost = 2, ClientIp = "192.0.2.1", Attempt = 300, Backend = "eu",
            Features = new CallerFeatures { ClientRisk = 0.2, RequestSize = 5_000, IpReputation = 0.9 },
        };
        Assert.True(DecideRequestDecoder.TryRead(request.ToByteArray(), new DecideRequest()));
    }

    [Fact]
    public void TryRead_MessageHasAFieldMore_IsKnownHere()
    {
        Assert.Equal(9, DecideRequest.Descriptor.Fields.InDeclarationOrder().Count);
        Assert.Equal(7, CallerFeatures.Descriptor.Fields.InDeclarationOrder().Count);
    }
}
