using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>A message that is in order, with one field at a time at every edge of its type.</summary>
internal static class FieldEdges
{
    private const int Many = 5_000;
    private const int DepthMax = 5;

    private static readonly double[] Numbers = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -1, -0.0, 0, double.Epsilon, 1e13, double.MaxValue];
    private static readonly long[] Integers = [0, 1, -1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];
    private static readonly int[] EnumNumbers = [0, -1, 99, int.MaxValue, int.MinValue];
    private static readonly string[] Texts = ["", "\0", "\r\n", "日本語", "300.1.1.1", "10.0.0.0/99", new('x', 257), new('ü', 200), new('y', 20_000)];

    /// <summary>Each with the path of the field that was changed.</summary>
    public static IEnumerable<(string[] Path, IMessage Message)> Of(IMessage good) => Of(good, [], 0);

    private static IEnumerable<(string[] Path, IMessage Message)> Of(IMessage good, string[] path, int depth)
    {
        foreach (var field in good.Descriptor.Fields.InDeclarationOrder())
        {
            string[] here = [.. path, field.Name];
            foreach (var (at, value) in Values(field, good, here, depth))
            {
                var changed = Copy(good);
                Put(field, changed, value);
                yield return (at, changed);
            }
        }
    }

    private static IEnumerable<(string[] Path, object Value)> Values(FieldDescriptor field, IMessage good, string[] path, int depth)
    {
        if (field.IsMap)
        {
            foreach (var value in Numbers)
            {
                yield return (path, new Dictionary<string, double> { ["unheard_of"] = value });
            }

            yield return (path, Enumerable.Range(0, Many).ToDictionary(i => $"unheard_of_{i}", _ => 1.0));
            yield break;
        }

        var ones = One(field, good, path, depth);
        if (!field.IsRepeated)
        {
            foreach (var one in ones)
            {
                yield return one;
            }

            yield break;
        }

        yield return (path, Array.Empty<object>());
        foreach (var (at, value) in ones)
        {
            yield return (at, new[] { value });
        }

        yield return (path, Enumerable.Repeat(First(field, good), Many).ToArray());
    }

    private static IEnumerable<(string[] Path, object Value)> One(FieldDescriptor field, IMessage good, string[] path, int depth) => field.FieldType switch
    {
        FieldType.Double => Numbers.Select(value => (path, (object)value)),
        FieldType.Int32 => Integers.Select(value => (path, (object)unchecked((int)value))),
        FieldType.Int64 => Integers.Select(value => (path, (object)value)),
        FieldType.UInt32 => Integers.Select(value => (path, (object)unchecked((uint)value))),
        FieldType.UInt64 => Integers.Select(value => (path, (object)unchecked((ulong)value))),
        FieldType.Bool => [(path, false), (path, true)],
        FieldType.String => Texts.Select(value => (path, (object)value)),
        FieldType.Enum => EnumNumbers.Select(value => (path, System.Enum.ToObject(field.EnumType.ClrType, value))),
        FieldType.Message when IsWrapper(field) => Integers.Select(value => (path, (object)unchecked((ulong)value))),
        FieldType.Message when depth < DepthMax => Of((IMessage)First(field, good), path, depth + 1).Select(inner => (inner.Path, (object)inner.Message)),
        FieldType.Message => [],
        _ => throw new NotSupportedException($"{field.FullName} is a {field.FieldType}: teach this test."),
    };

    // What the good message has there, so that all but the changed field stays in order.
    private static object First(FieldDescriptor field, IMessage good)
    {
        var value = field.Accessor.GetValue(good);
        var first = value is System.Collections.IList list ? (list.Count > 0 ? list[0] : null) : value;
        return first ?? (field.FieldType == FieldType.Message ? field.MessageType.Parser.ParseFrom([]) : "x");
    }

    // Generated code shows a wrapper message as the plain value that it wraps.
    private static bool IsWrapper(FieldDescriptor field) => field.MessageType.FullName == "google.protobuf.UInt64Value";

    private static IMessage Copy(IMessage message) => message.Descriptor.Parser.ParseFrom(message.ToByteArray());

    private static void Put(FieldDescriptor field, IMessage message, object value)
    {
        if (field.IsMap)
        {
            var map = (System.Collections.IDictionary)field.Accessor.GetValue(message);
            foreach (var (name, number) in (Dictionary<string, double>)value)
            {
                map[name] = number;
            }
        }
        else if (field.IsRepeated)
        {
            var list = (System.Collections.IList)field.Accessor.GetValue(message);
            list.Clear();
            foreach (var each in (Array)value)
            {
                list.Add(each);
            }
        }
        else
        {
            field.Accessor.SetValue(message, value);
        }
    }
}
