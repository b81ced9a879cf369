using System.Text;

namespace RateLimitSuite.TreeModel.Text;

/// <summary>Collects the header lines of a model text and checks what they promise.</summary>
internal sealed class HeaderFields
{
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, (string Value, int Line)> _values = [];

    /// <summary>Takes one line, <c>key=value</c> or a bare word.</summary>
    public void Add(ReadOnlySpan<byte> line, int number)
    {
        if (line.IsEmpty)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(line);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? text : text[..equals];
        if (!_values.TryAdd(key, (equals < 0 ? "" : text[(equals + 1)..], number)))
        {
            throw new ModelFormatException(number, Excerpt.OfKey(Encoding.UTF8.GetBytes(key)), "is there twice.");
        }

        if (key != "tree_sizes")
        {
            _lines.Add(text);
        }
    }

    /// <summary>Bytes of each tree's text; empty, on line 0, where the header does not list them.</summary>
    public (int[] Values, int Line) TreeSizes()
    {
        if (!_values.TryGetValue("tree_sizes", out var field))
        {
            return ([], 0);
        }

        var bytes = Encoding.UTF8.GetBytes(field.Value);
        return (NumberList.ParseAll<int>(bytes, field.Line, "tree_sizes"), field.Line);
    }

    /// <summary>Checks the fields and makes the header of them.</summary>
    /// <param name="endLine">The line on which the header ended, for keys that are missing.</param>
    public ModelHeader ToHeader(int endLine)
    {
        RequireVersion(endLine);
        RequireOne("num_class", endLine, "multiclass models are not supported.");
        RequireOne("num_tree_per_iteration", endLine, "models with several trees an iteration are not supported.");
        var names = FeatureNames(endLine);
        var (text, line) = _values.GetValueOrDefault("objective", ("", endLine));
        var objective = Objective.TryParse(text)
            ?? throw new ModelFormatException(line, "objective", $"'{Excerpt.Of(Encoding.UTF8.GetBytes(text))}' is not supported; regression objectives are.");
        return new ModelHeader([.. _lines], names, objective, _values.ContainsKey("average_output"));
    }

    private void RequireVersion(int endLine)
    {
        var (version, line) = Required("version", endLine);
        if (version is not ("v2" or "v3" or "v4"))
        {
            throw new ModelFormatException(line, "version", $"'{Excerpt.Of(Encoding.UTF8.GetBytes(version))}' is not supported; v2, v3 and v4 are.");
        }
    }

    private void RequireOne(string key, int endLine, string reason)
    {
        var (value, line) = Required(key, endLine);
        if (value.Trim() != "1")
        {
            throw new ModelFormatException(line, key, reason);
        }
    }

    private string[] FeatureNames(int endLine)
    {
        var (value, line) = Required("max_feature_idx", endLine);
        var last = NumberList.One<int>(Encoding.UTF8.GetBytes(value), line, "max_feature_idx");
        var (text, namesLine) = Required("feature_names", endLine);
        var names = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (last < 0 || names.Length != (long)last + 1)
        {
            throw new ModelFormatException(namesLine, "feature_names", $"{names.Length} names where max_feature_idx={last} asks for {(long)last + 1}.");
        }

        return names;
    }

    private (string Value, int Line) Required(string key, int endLine) =>
        _values.TryGetValue(key, out var field) ? field : throw new ModelFormatException(endLine, key, "is missing.");
}
