using System.Collections;
using System.Globalization;

namespace RateLimitSuite.LightGbm;

/// <summary>LightGBM parameters by their published names, as in
/// <c>new LightGbmParameters { { "objective", "regression" }, { "learning_rate", 0.05 } }</c>. The last value of a name counts.</summary>
public sealed class LightGbmParameters : IEnumerable<KeyValuePair<string, string>>
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>No parameters: LightGBM's defaults.</summary>
    public LightGbmParameters()
    {
    }

    /// <summary>The same parameters as another set, to be changed apart from it.</summary>
    public LightGbmParameters(IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (name, value) in values)
        {
            Add(name, value);
        }
    }

    /// <summary>Sets a parameter from its text.</summary>
    /// <exception cref="ArgumentException">Name or value is empty or has a space or '=', which would start another parameter.</exception>
    public void Add(string name, string value)
    {
        CheckText(nameof(name), name);
        CheckText(nameof(value), value);
        _values[name] = value;
    }

    /// <summary>Sets a number, written so that LightGBM reads exactly this one.</summary>
    public void Add(string name, double value) => Add(name, value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Sets a whole number.</summary>
    public void Add(string name, int value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sets a switch.</summary>
    public void Add(string name, bool value) => Add(name, value ? "true" : "false");

    /// <summary>Tells the value of a parameter that was set here.</summary>
    public bool TryGetValue(string name, out string? value) => _values.TryGetValue(name, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The parameters as LightGBM reads them: <c>name=value</c>, separated by spaces.</summary>
    public override string ToString() => string.Join(' ', _values.Select(p => $"{p.Key}={p.Value}"));

    private static void CheckText(string argument, string text)
    {
        if (string.IsNullOrEmpty(text) || text.Any(c => char.IsWhiteSpace(c) || c is '=' or '#'))
        {
            throw new ArgumentException($"'{text}' cannot be a parameter's {argument}: it must be text without white space, '=' or '#'.", argument);
        }
    }
}
