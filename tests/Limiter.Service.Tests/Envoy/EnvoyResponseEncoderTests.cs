using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Limiter.Envoy;
using RateLimitSuite.Limiter.Envoy.V3;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types;

namespace RateLimitSuite.Limiter.Tests.Envoy;

/// <summary>The generated code is the reference, for every field that the messages have.</summary>
public sealed class EnvoyResponseEncoderTests
{
    private const int DepthMax = 4;

    private static readonly string[] Texts = ["", "a", "Zoë 客户", new('x', 42), new('x', 43), new('界', 90), new('y', 20_000)];
    private static readonly double[] Doubles = [0, -0.0, 1, -2.5, 1e300, double.Epsilon, double.NaN, double.NegativeInfinity];

    [Fact]
    public void Write_Default_IsNothing() => AssertSame(new RateLimitResponse());

    [Fact]
    public void Write_EmptyMessagesWithin_AreWhatTheGeneratedCodeWrites() => AssertSame(new RateLimitResponse
    {
        Statuses = { new DescriptorStatus { CurrentLimit = new RateLimit(), DurationUntilReset = new Duration(), Quota = new Quota() } },
        DynamicMetadata = new Struct { Fields = { [""] = new Value(), ["list"] = Value.ForList(), ["fields"] = Value.ForStruct(new Struct()), ["null"] = Value.ForNull() } },
        Quota = new Quota(),
    });

    [Fact]
    public void Write_AnyMixOfFields_IsWhatTheGeneratedCodeWrites()
    {
        var random = new Random(11);
        for (var round = 0; round < 2_000; round++)
        {
            AssertSame(Response(random));
        }
    }

    [Theory]
    [InlineData(7, typeof(RateLimitResponse))]
    [InlineData(5, typeof(DescriptorStatus))]
    [InlineData(3, typeof(RateLimit))]
    [InlineData(6, typeof(Value))]
    public void Write_MessageHasAFieldMore_IsKnownHere(int fields, System.Type message)
    {
        var descriptor = (MessageDescriptor)message.GetProperty("Descriptor")!.GetValue(null)!;
        Assert.Equal(fields, descriptor.Fields.InDeclarationOrder().Count);
    }

    private static void AssertSame(RateLimitResponse response)
    {
        var expected = response.ToByteArray();
        var bytes = new byte[expected.Length];   // not one more
        Assert.Equal(expected.Length, EnvoyResponseEncoder.Write(response, bytes));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(bytes));
    }

    private static RateLimitResponse Response(Random random)
    {
        var response = new RateLimitResponse { OverallCode = (Code)random.Next(-1, 3) };
        for (var i = random.Next(4); i > 0; i--)
        {
            response.Statuses.Add(Status(random));
        }

        if (random.Next(3) == 0)
        {
            response.ResponseHeadersToAdd.Add(new HeaderValue { Key = Text(random), Value = Text(random) });
            response.RequestHeadersToAdd.Add(new HeaderValue { Key = Text(random) });
            response.RawBody = ByteString.CopyFrom(new byte[random.Next(300)]);
            response.Quota = new Quota { Requests = 5, Id = Text(random), ValidUntil = new Timestamp { Seconds = 7 } };
        }

        response.DynamicMetadata = random.Next(3) == 0 ? null : Fields(random, 0);
        return response;
    }

    private static DescriptorStatus Status(Random random) => new()
    {
        Code = (Code)random.Next(-1, 3),
        CurrentLimit = random.Next(2) == 0 ? null : new RateLimit { Name = Text(random), RequestsPerUnit = (uint)random.NextInt64(0, uint.MaxValue), Unit = (RateLimit.Types.Unit)random.Next(8) },
        LimitRemaining = (uint)random.NextInt64(0, uint.MaxValue),
        DurationUntilReset = random.Next(2) == 0 ? null : new Duration { Seconds = random.NextInt64(-9, 1L << 40), Nanos = random.Next(-9, 1_000_000_000) },
        Quota = random.Next(3) > 0 ? null : new Quota { Requests = 3, Id = Text(random) },
    };

    private static Struct Fields(Random random, int depth)
    {
        var fields = new Struct();
        for (var i = random.Next(5); i > 0; i--)
        {
            fields.Fields[$"{i}{Text(random)}"] = Any(random, depth);
        }

        return fields;
    }

    private static Value Any(Random random, int depth) => random.Next(depth < DepthMax ? 6 : 4) switch
    {
        0 => Value.ForNull(),
        1 => Value.ForNumber(Doubles[random.Next(Doubles.Length)]),
        2 => Value.ForString(Text(random)),
        3 => Value.ForBool(random.Next(2) == 0),
        4 => Value.ForStruct(Fields(random, depth + 1)),
        _ => Value.ForList([.. Enumerable.Range(0, random.Next(4)).Select(_ => Any(random, depth + 1))]),
    };

    private static string Text(Random random) => Texts[random.Next(Texts.Length)];
}
