using System.Globalization;
using System.Text;

namespace OpenTelemetry.Exporter;

/// <summary>Writes the keys and values of labels.</summary>
internal static class LabelText
{
    /// <summary>The key with every run of characters but letters, digits and underscores made one underscore.</summary>
    public static string Key(string key)
    {
        if (key.Length == 0)
        {
            return "_";
        }

        var text = new StringBuilder(key.Length + 1);
        if (char.IsAsciiDigit(key[0]))
        {
            text.Append('_');
        }

        var afterUnderscore = text.Length > 0;
        foreach (var character in key)
        {
            var isAllowed = char.IsAsciiLetterOrDigit(character) || character == '_';
            if (isAllowed || !afterUnderscore)
            {
                text.Append(isAllowed ? character : '_');
            }

            afterUnderscore = text[^1] == '_';
        }

        return text.ToString();
    }

    /// <summary>A tag's value as text, in the invariant culture.</summary>
    public static string Value(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        float number => NumberText.Canonical(number),
        double number => NumberText.Canonical(number),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>Escapes what would end a line or a value.</summary>
    public static StringBuilder AppendEscaped(this StringBuilder to, string text, bool quotes)
    {
        foreach (var character in text)
        {
            _ = character switch
            {
                '\\' => to.Append(@"\\"),
                '\n' => to.Append(@"\n"),
                '"' when quotes => to.Append("\\\""),
                _ => to.Append(character),
            };
        }

        return to;
    }
}
