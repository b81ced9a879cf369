using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace RateLimitSuite.TestSupport;

/// <summary>Fills any message with values from the edges: empty and endless texts, NaN and infinities, enum numbers that nobody defined.</summary>
internal sealed class FieldFuzz(int seed)
{
    private const int DepthMax = 4;

    private static readonly double[] Numbers = [0, -0.0, 1, -1, 0.5, 23, 24, 1e9, 1e13, double.MaxValue, double.Epsilon, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
    private static readonly long[] Integers = [0, 1, -1, 2, 300, 1_000, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];
    private static readonly string[] Texts =
    [
        "", "a", "default", "demo", "10.1.2.3", "::1", "10.0.0.0/8", "\0", "\r\n", "日本語", "😀", "%s{0}'\";--", new string('x', 256), new string('ü', 200), new string('y', 5_000),
        "01932d2c-7c4e-7000-8000-000000000000", "client_risk",
    ];

    private readonly Random _random = new(seed);

    public T Make<T>()
        where T : IMessage<T>, new() => (T)Fill(new T(), 0);

    /// <summary>Fills a message of a type that is known only by its description.</summary>
    public IMessage Make(MessageDescriptor type) => Fill(type.Parser.ParseFrom([]), 0);

    private IMessage Fill(IMessage message, int depth)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            // Mostly some fields only, or the first fault would hide the rest.
            if (_random.Next(3) == 0 || (field.FieldType == FieldType.Message && depth >= DepthMax))
            {
                continue;
            }

            if (field.IsMap)
            {
                var map = (System.Collections.IDictionary)field.Accessor.GetValue(message);
                map[Pick(Texts)] = Pick(Numbers);
            }
            else if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                for (var i = _random.Next(4); i > 0; i--)
                {
                    list.Add(Value(field, depth));
                }
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, depth));
            }
        }

        return message;
    }

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Double => Pick(Numbers),
        FieldType.Float => (float)Pick(Numbers),
        FieldType.Int32 => (int)Pick(Integers),
        FieldType.Int64 => Pick(Integers),
        FieldType.UInt32 => (uint)Pick(Integers),
        FieldType.UInt64 => (ulong)Pick(Integers),
        FieldType.Bool => _random.Next(2) == 0,
        FieldType.String => Pick(Texts),
        FieldType.Bytes => ByteString.CopyFromUtf8(Pick(Texts)),
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, (int)Pick(Integers) % 20),
        FieldType.Message => (object?)Wrapped(field) ?? Fill(field.MessageType.Parser.ParseFrom([]), depth + 1),
        _ => throw new NotSupportedException($"{field.FieldType}"),
    };

    // Generated code shows a wrapper message as the plain value that it wraps.
    private ulong? Wrapped(FieldDescriptor field) => field.MessageType.FullName == "google.protobuf.UInt64Value" ? (ulong)Pick(Integers) : null;

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];
}
