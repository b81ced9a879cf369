using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>The generated code is the reference: for what is plain, for what is not, and for what is no message at all.</summary>
public sealed class DecideRequestDecoderTests
{
    private static readonly string[] Texts = ["", "a", "client-42", "\0", new('x', 127), new('y', 128), new('z', 20_000)];
    private static readonly string[] OtherTexts = ["Zoë", "客户", "\u0080"];
    private static readonly double[] Doubles = [0, -0.0, 1, -2.5, 1e300, double.NaN, double.PositiveInfinity];

    [Fact]
    public void TryRead_PlainMessages_AreWhatTheGeneratedCodeReadsHoweverOftenTheyAreFilledIn()
    {
        var random = new Random(17);
        var batch = new DecideBatchRequest();
        for (var round = 0; round < 3_000; round++)
        {
            var expected = Batch(random, plain: true);

            Assert.True(DecideRequestDecoder.TryRead(expected.ToByteArray(), batch));
            Assert.Equal(expected, batch);
            Assert.True(DecideRequestDecoder.TryEmpty(batch));
        }
    }

    [Fact]
    public void Read_AnyMessage_IsWhatTheGeneratedCodeReads()
    {
        var random = new Random(19);
        for (var round = 0; round < 3_000; round++)
        {
            var expected = Batch(random, plain: random.Next(2) == 0);

            var batch = DecideRequestDecoder.Read(new Payload(expected.ToByteArray(), random));
            Assert.Equal(expected, batch);
            DecideRequestDecoder.Return(batch);
        }
    }

    [Fact]
    public void Read_BytesChangedAnywhere_AreRefusedOrReadAsByTheGeneratedCode()
    {
        var random = new Random(23);
        var (read, refused) = (0, 0);
        for (var round = 0; round < 30_000; round++)
        {
            var bytes = Batch(random, plain: random.Next(4) > 0, textMax: 3).ToByteArray();
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
                Assert.Throws<InvalidProtocolBufferException>(() => DecideRequestDecoder.Read(new Payload(bytes, random)));
                continue;
            }

            var batch = DecideRequestDecoder.Read(new Payload(bytes, random));
            Assert.Equal(expected, batch);
            DecideRequestDecoder.Return(batch);
            read++;
        }

        Assert.True(read > 3_000 && refused > 3_000, $"{read} read, {refused} refused");
    }

    [Fact]
    public void TryRead_TypicalMessage_IsPlain()
    {
        var request = new DecideRequest
        {
            ClientId = "client-1", Domain = "default", RequestId = "r", Cost = 2, ClientIp = "192.0.2.1", Attempt = 300, Backend = "eu",
            Features = new CallerFeatures { ClientRisk = 0.2, RequestSize = 5_000, IpReputation = 0.9 },
        };
        Assert.True(DecideRequestDecoder.TryRead(new DecideBatchRequest { Requests = { request, request } }.ToByteArray(), new DecideBatchRequest()));
    }

    [Fact]
    public void TryRead_MessageHasAFieldMore_IsKnownHere()
    {
        Assert.Single(DecideBatchRequest.Descriptor.Fields.InDeclarationOrder());
        Assert.Equal(9, DecideRequest.Descriptor.Fields.InDeclarationOrder().Count);
        Assert.Equal(7, CallerFeatures.Descriptor.Fields.InDeclarationOrder().Count);
    }

    private static DecideBatchRequest Batch(Random random, bool plain, int textMax = int.MaxValue)
    {
        var batch = new DecideBatchRequest();
        for (var i = random.Next(6); i > 0; i--)
        {
            batch.Requests.Add(Request(random, plain, textMax));
        }

        return batch;
    }

    private static DecideRequest Request(Random random, bool plain, int textMax)
    {
        string Text() => random.Next(2) == 0 ? "" : !plain && random.Next(4) == 0 ? OtherTexts[random.Next(OtherTexts.Length)] : Texts[random.Next(Math.Min(textMax, Texts.Length))];
        double Double() => Doubles[random.Next(Doubles.Length)];
        var request = new DecideRequest
        {
            ClientId = Text(), Domain = Text(), RequestId = Text(), ClientIp = Text(), Backend = Text(),
            Attempt = random.Next(2) == 0 ? 0 : (uint)random.NextInt64(0, plain ? 1 << 28 : 1L << 32),
        };
        if (random.Next(2) == 0)
        {
            request.Cost = Double();
        }

        if (random.Next(2) == 0)
        {
            request.Features = new CallerFeatures();
            foreach (var field in CallerFeatures.Descriptor.Fields.InDeclarationOrder().Where(field => !field.IsMap && random.Next(2) == 0))
            {
                field.Accessor.SetValue(request.Features, Double());
            }

            if (!plain && random.Next(3) == 0)
            {
                request.Features.More["basket"] = Double();
            }
        }

        if (!plain && random.Next(3) == 0)
        {
            request.Charges.Add(new Charge { ClientId = Text(), Cost = Double() });
        }

        return request;
    }

    // In pieces, as a web server has it.
    private sealed class Payload(byte[] bytes, Random random) : DeserializationContext
    {
        public override int PayloadLength => bytes.Length;

        public override byte[] PayloadAsNewBuffer() => [.. bytes];

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence()
        {
            if (random.Next(2) == 0 || bytes.Length < 2)
            {
                return new ReadOnlySequence<byte>(bytes);
            }

            var cut = random.Next(1, bytes.Length);
            var first = new Piece(bytes.AsMemory(0, cut), 0);
            return new ReadOnlySequence<byte>(first, 0, first.Append(bytes.AsMemory(cut)), bytes.Length - cut);
        }
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long at) => (Memory, RunningIndex) = (memory, at);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
