using Google.Protobuf;
using Google.Protobuf.Reflection;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Events;

namespace RateLimitSuite.Limiter.Tests.Events;

/// <summary>The generated code is the reference, for every field that the message has.</summary>
public sealed class DecisionEncoderTests
{
    private static readonly string[] Texts = ["", "a", "client-42", "Zoë 客户", "\ud800 alone", new('x', 42), new('x', 43), new('ü', 43), new('界', 256)];
    private static readonly double[] Doubles = [0, -0.0, 1, -2.5, 1e300, double.Epsilon, double.NaN, double.NegativeInfinity];
    private static readonly ulong[] Numbers = [0, 1, 127, 128, 16_384, uint.MaxValue, long.MaxValue, ulong.MaxValue];

    [Fact]
    public void Write_Default_IsNothing() => Assert.Empty(Encoded(new Decision()));

    [Fact]
    public void Write_EachFieldAlone_IsWhatTheGeneratedCodeWrites()
    {
        foreach (var field in Decision.Descriptor.Fields.InDeclarationOrder())
        {
            for (var i = 0; i < Texts.Length; i++)
            {
                var decision = new Decision();
                Set(decision, field, i);
                Assert.True(decision.ToByteArray().AsSpan().SequenceEqual(Encoded(decision)), $"{field.Name}, value {i}");
            }
        }
    }

    [Fact]
    public void Write_AnyMixOfFields_IsWhatTheGeneratedCodeWrites()
    {
        var random = new Random(3);
        for (var round = 0; round < 2_000; round++)
        {
            var decision = new Decision();
            foreach (var field in Decision.Descriptor.Fields.InDeclarationOrder().Where(_ => random.NextDouble() < 0.7))
            {
                Set(decision, field, random.Next(Texts.Length));
            }

            Assert.Equal(decision.ToByteArray(), Encoded(decision));
        }
    }

    private static byte[] Encoded(Decision decision)
    {
        var bytes = new byte[DecisionEncoder.SizeMax(decision)];
        return bytes[..DecisionEncoder.Write(decision, bytes)];
    }

    private static void Set(Decision decision, FieldDescriptor field, int i)
    {
        var (text, real, number) = (Texts[i % Texts.Length], Doubles[i % Doubles.Length], Numbers[i % Numbers.Length]);
        switch (field)
        {
            case { IsRepeated: true, FieldType: FieldType.Double }:
                decision.Features.AddRange(Enumerable.Repeat(real, i * 5));   // 20 make a length of two bytes
                break;
            case { FieldType: FieldType.String }:
                field.Accessor.SetValue(decision, text);
                break;
            case { FieldType: FieldType.Double }:
                field.Accessor.SetValue(decision, real);
                break;
            case { FieldType: FieldType.Bool }:
                field.Accessor.SetValue(decision, number != 0);
                break;
            case { FieldType: FieldType.Int64 }:
                field.Accessor.SetValue(decision, (long)number);
                break;
            case { FieldType: FieldType.UInt64 }:
                field.Accessor.SetValue(decision, number);
                break;
            case { FieldType: FieldType.UInt32 }:
                field.Accessor.SetValue(decision, (uint)number);
                break;
            case { FieldType: FieldType.Enum }:
                field.Accessor.SetValue(decision, (int)(number % (ulong)field.EnumType.Values.Count));
                break;
            default:
                Assert.Fail($"{field.Name} is a {field.FieldType}; the encoder has none such.");
                break;
        }
    }
}
