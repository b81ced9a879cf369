using Google.Protobuf;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>The generated code is the reference: for what is plain, for what is not, and for what is no message at all.</summary>
public sealed class DecideBatchDecoderTests
{
    [Fact]
    public void TryRead_PlainMessages_AreWhatTheGeneratedCodeReadsHoweverOftenTheyAreFilledIn()
    {
        var random = new Random(17);
        var batch = new DecideBatchRequest();
        for (var round = 0; round < 3_000; round++)
        {
            var expected = AnyRequest.Batch(random, plain: true);

            Assert.True(DecideBatchDecoder.TryRead(expected.ToByteArray(), batch));
            Assert.Equal(expected, batch);
        }
    }

    [Fact]
    public void Read_AnyMessage_IsWhatTheGeneratedCodeReads()
    {
        var random = new Random(19);
        for (var round = 0; round < 3_000; round++)
        {
            var expected = AnyRequest.Batch(random, plain: random.Next(2) == 0);

            var batch = DecideBatchDecoder.Read(new PayloadInPieces(expected.ToByteArray(), random));
            Assert.Equal(expected, batch);
            DecideBatchDecoder.Return(batch);
        }
    }

    [Fact]
    public void Read_BytesChangedAnywhere_AreRefusedOrReadAsByTheGeneratedCode() => ChangedBytes.AssertReadAlike(
        23, (random, plain) => AnyRequest.Batch(random, plain, textMax: 3), DecideBatchRequest.Parser, DecideBatchDecoder.Read, DecideBatchDecoder.Return);

    [Fact]
    public void TryRead_MessageHasAFieldMore_IsKnownHere() => Assert.Single(DecideBatchRequest.Descriptor.Fields.InDeclarationOrder());
}
