using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>The generated code is the reference, for every field that the messages have.</summary>
public sealed class DecideResponseEncoderTests
{
    private static readonly string[] Texts = ["", "a", "Zoë 客户", "\ud800 alone", new('x', 42), new('x', 43), new('界', 300), new('y', 20_000)];
    private static readonly double[] Doubles = [0, -0.0, 1, -2.5, 1e300, double.Epsilon, double.NaN, double.NegativeInfinity];

    [Fact]
    public void Encode_NoResult_IsNothing() => Assert.True(DecideResponseEncoder.Encode(new DecideBatchResponse()).IsEmpty);

    [Fact]
    public void Encode_ResultOfNothing_IsWhatTheGeneratedCodeWrites() => AssertSame(new DecideBatchResponse { Results = { new DecideResult() } });

    [Fact]
    public void Encode_EmptyResponseAndFault_AreWhatTheGeneratedCodeWrites() => AssertSame(new DecideBatchResponse
    {
        Results = { new DecideResult { Response = new DecideResponse() }, new DecideResult { Fault = new RequestFault() } },
    });

    [Fact]
    public void Encode_AnyMixOfFields_IsWhatTheGeneratedCodeWrites()
    {
        var random = new Random(5);
        for (var round = 0; round < 1_000; round++)
        {
            var batch = new DecideBatchResponse();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                batch.Results.Add(random.Next(5) == 0 ? new DecideResult { Fault = Fault(random) } : new DecideResult { Response = Response(random) });
            }

            AssertSame(batch);
        }
    }

    [Fact]
    public void Encode_AnyAnswerOfACall_IsWhatTheGeneratedCodeWrites()
    {
        var random = new Random(7);
        for (var round = 0; round < 1_000; round++)
        {
            var response = Response(random);
            Assert.Equal(Convert.ToHexString(response.ToByteArray()), Convert.ToHexString(DecideResponseEncoder.Encode(response)));
        }
    }

    [Fact]
    public void Encode_MessageHasAFieldMore_IsKnownHere()
    {
        Assert.Equal(12, DecideResponse.Descriptor.Fields.InDeclarationOrder().Count);
        Assert.Equal(2, DecideResult.Descriptor.Fields.InDeclarationOrder().Count);
        Assert.Equal(2, RequestFault.Descriptor.Fields.InDeclarationOrder().Count);
    }

    private static void AssertSame(DecideBatchResponse batch)
    {
        var expected = batch.ToByteArray();
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(DecideResponseEncoder.Encode(batch)));
    }

    private static RequestFault Fault(Random random) => new() { Code = random.Next(-3, 200), Message = Text(random) };

    private static DecideResponse Response(Random random)
    {
        var response = new DecideResponse
        {
            Allowed = random.Next(2) == 0,
            Remaining = Double(random),
            Limit = Double(random),
            RefillRate = Double(random),
            ModelVersion = Text(random),
            RequestId = Text(random),
            Reason = (DecisionReason)random.Next(-1, 20),
            DecidedBy = (DecidedBy)random.Next(-1, 8),
            Policy = Text(random),
            RetryAfter = random.Next(2) == 0 ? null : new Duration { Seconds = random.NextInt64(-5, 1L << 40), Nanos = random.Next(-1_000_000, 1_000_000) },
        };
        if (random.Next(2) == 0)
        {
            response.Prediction = Double(random);
        }

        for (var i = random.Next(4); i > 0; i--)
        {
            response.IgnoredFeatures.Add(Text(random));
        }

        return response;
    }

    private static string Text(Random random) => Texts[random.Next(Texts.Length)];

    private static double Double(Random random) => Doubles[random.Next(Doubles.Length)];
}
