using System.Text;

namespace OpenTelemetry.Exporter;

/// <summary>The labels of one series; keys that become the same share one label, their values joined by semicolons in order of the original keys.</summary>
internal sealed class LabelSet
{
    private readonly List<(string Original, string Key, string Value)> _labels = [];

    /// <summary>Adds a tag, its key sanitised; a reserved key is left out.</summary>
    public LabelSet Add(string key, object? value, params ReadOnlySpan<string> reserved) => AddAs(key, LabelText.Key(key), LabelText.Value(value), reserved);

    /// <summary>Adds a label whose key is fit already.</summary>
    public LabelSet AddAs(string original, string key, string value, params ReadOnlySpan<string> reserved)
    {
        if (!reserved.Contains(key))
        {
            _labels.Add((original, key, value));
        }

        return this;
    }

    /// <summary>The labels as <c>key="value",…</c> without braces.</summary>
    /// <param name="maxCharacters">A label that would lift keys and values together over so many characters is left out.</param>
    public string Write(int maxCharacters = int.MaxValue)
    {
        var text = new StringBuilder();
        var characters = 0;
        foreach (var same in _labels.GroupBy(label => label.Key))
        {
            var value = string.Join(';', same.OrderBy(label => label.Original, StringComparer.Ordinal).Select(label => label.Value));
            var length = Length(same.Key) + Length(value);
            if (length > maxCharacters - characters)
            {
                continue;
            }

            characters += length;
            text.Append(text.Length > 0 ? "," : "").Append(same.Key).Append("=\"").AppendEscaped(value, quotes: true).Append('"');
        }

        return text.ToString();
    }

    private static int Length(string text) => text.EnumerateRunes().Count();
}
