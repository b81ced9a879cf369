using System.Text;

namespace RateLimitSuite.TreeModel.Text;

/// <summary>Quotes a piece of an untrusted text in an error message: short, and without control characters.</summary>
internal static class Excerpt
{
    private const int LengthMax = 40;

    /// <summary>Quotes a key, which may be missing.</summary>
    public static string OfKey(ReadOnlySpan<byte> key) => key.IsEmpty ? "(no key)" : Of(key);

    /// <summary>Quotes any text.</summary>
    public static string Of(ReadOnlySpan<byte> text)
    {
        var cut = text.Length > LengthMax ? text[..LengthMax] : text;
        var quoted = new StringBuilder(Encoding.UTF8.GetString(cut));
        for (var i = 0; i < quoted.Length; i++)
        {
            if (char.IsControl(quoted[i]))
            {
                quoted[i] = '?';
            }
        }

        return text.Length > LengthMax ? quoted.Append('…').ToString() : quoted.ToString();
    }
}
