using System.Globalization;
using System.Numerics;

namespace RateLimitSuite.TreeModel.Text;

/// <summary>Reads the space-separated numbers of one line; memory is in proportion to the line, whatever count was promised.</summary>
internal static class NumberList
{
    /// <summary>Reads exactly <paramref name="count"/> numbers of type T.</summary>
    public static T[] Parse<T>(ReadOnlySpan<byte> text, int count, int line, string key)
        where T : struct, INumber<T>
    {
        var found = Count(text);
        if (found != count)
        {
            throw new ModelFormatException(line, key, $"{found} entries where {count} belong.");
        }

        var numbers = new T[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = One<T>(NextToken(ref text), line, key);
        }

        return numbers;
    }

    /// <summary>Reads as many numbers as there are.</summary>
    public static T[] ParseAll<T>(ReadOnlySpan<byte> text, int line, string key)
        where T : struct, INumber<T> => Parse<T>(text, Count(text), line, key);

    /// <summary>Reads one finite number.</summary>
    public static T One<T>(ReadOnlySpan<byte> token, int line, string key)
        where T : struct, INumber<T>
    {
        // A split of NaN from all numbers has an infinite threshold; nothing else may have one.
        if (key == "threshold" && (token.SequenceEqual("inf"u8) || token.SequenceEqual("-inf"u8)))
        {
            return T.CreateChecked(token[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity);
        }

        if (T.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && T.IsFinite(number))
        {
            return number;
        }

        throw new ModelFormatException(line, key, $"'{Excerpt.Of(token)}' is not a finite number of its kind.");
    }

    private static int Count(ReadOnlySpan<byte> text)
    {
        var count = 0;
        while (!NextToken(ref text).IsEmpty)
        {
            count++;
        }

        return count;
    }

    private static ReadOnlySpan<byte> NextToken(ref ReadOnlySpan<byte> text)
    {
        text = text.TrimStart((byte)' ');
        var end = text.IndexOf((byte)' ');
        var token = end < 0 ? text : text[..end];
        text = text[token.Length..];
        return token;
    }
}
