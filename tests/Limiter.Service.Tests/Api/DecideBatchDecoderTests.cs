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
    public void Read_BytesChangedAnywhere_AreRefusedOrReadAsByTheGeneratedCode()
    {
        var random = new Random(23);
        var (read, refused) = (0, 0);
        for (var round = 0; round < 30_000; round++)
        {
            var bytes = AnyRequest.Batch(random, plain: random.Next(4) > 0, textMax: 3).ToByteArray();
            for (var changes = random.Next(3); changes >= 0 && bytes.Length > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            bytes = random.Next(4) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
            DecideBatchRequest? expected = null;
            try
            {
                expected = DecideBatchRequest.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
            }
            catch (InvalidProtocolBufferException)
            {
                refused++;
            }

            if (expected is null)
            {
                Assert.Throws<InvalidProtocolBufferException>(() => DecideBatchDecoder.Read(new PayloadInPieces(bytes, random)));
                continue;
            }

            var batch = DecideBatchDecoder.Read(new PayloadInPieces(bytes, random));
            Assert.Equal(expected, batch);
            DecideBatchDecoder.Return(batch);
            read++;
        }

        Assert.True(read > 3_000 && refused > 3_000, $"{read} read, {refused} refused");
    }

    [Fact]
    public void TryRead_MessageHasAFieldMore_IsKnownHere() => Assert.Single(DecideBatchRequest.Descriptor.Fields.InDeclarationOrder());
}
