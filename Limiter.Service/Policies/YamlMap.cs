using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RateLimitSuite.Limiter.Policies;

/// <summary>Reads one mapping of a YAML document, noting every fault with its place instead of stopping at the first.</summary>
internal sealed class YamlMap
{
    private readonly YamlMappingNode _node;
    private readonly string _path;
    private readonly List<PolicyFault> _faults;
    private readonly HashSet<string> _known = [];

    private YamlMap(YamlMappingNode node, string path, List<PolicyFault> faults)
    {
        _node = node;
        _path = path;
        _faults = faults;
    }

    /// <summary>Reads a node that must be a mapping; an empty one where it is not.</summary>
    public static YamlMap Of(YamlNode node, string path, List<PolicyFault> faults)
    {
        if (node is YamlMappingNode mapping)
        {
            return new YamlMap(mapping, path, faults);
        }

        faults.Add(At(node.Start, path, "must be a mapping of keys to values."));
        return new YamlMap([], path, faults);
    }

    public bool Has(string key) => Find(key) is not null;

    public string Text(string key, string otherwise) => Scalar(key)?.Value ?? otherwise;

    /// <summary>A name: 1..100 characters.</summary>
    public string Name(string key)
    {
        var text = Text(key, "");
        if (text.Length is 0 or > 100)
        {
            Fault(key, text.Length == 0 ? "is missing." : "must be 1..100 characters.");
        }

        return text;
    }

    public bool Flag(string key, bool otherwise)
    {
        switch (Scalar(key)?.Value)
        {
            case null:
                return otherwise;
            case "true":
                return true;
            case "false":
                return false;
            case var text:
                Fault(key, $"is '{text}'; it must be true or false.");
                return otherwise;
        }
    }

    /// <summary>A number from <paramref name="minimum"/> to <paramref name="maximum"/>.</summary>
    public double Number(string key, double otherwise, double minimum, double maximum)
    {
        if (Scalar(key)?.Value is not { } text)
        {
            return otherwise;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Fault(key, string.Create(CultureInfo.InvariantCulture, $"is '{text}'; it must be a number from {minimum} to {maximum}."));
        return otherwise;
    }

    /// <summary>A duration such as <c>250ms</c>, <c>1s</c> or <c>2m</c>.</summary>
    public TimeSpan Duration(string key, TimeSpan otherwise, TimeSpan minimum, TimeSpan maximum)
    {
        if (Scalar(key)?.Value is not { } text)
        {
            return otherwise;
        }

        if (TryParseDuration(text) is { } duration && duration >= minimum && duration <= maximum)
        {
            return duration;
        }

        Fault(key, $"is '{text}'; it must be a duration from {minimum.TotalMilliseconds}ms to {maximum.TotalSeconds}s, such as 250ms, 1s or 2m.");
        return otherwise;
    }

    /// <summary>One of a few words.</summary>
    public T Word<T>(string key, T otherwise)
        where T : struct, Enum
    {
        if (Scalar(key)?.Value is not { } text)
        {
            return otherwise;
        }

        var words = Array.ConvertAll(Enum.GetNames<T>(), name => name.ToLowerInvariant());
        var index = Array.IndexOf(words, text);
        if (index >= 0)
        {
            return Enum.GetValues<T>()[index];
        }

        Fault(key, $"is '{text}'; it must be one of {string.Join(", ", words)}.");
        return otherwise;
    }

    /// <summary>A list of words; one word alone is a list of one.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlScalarNode one:
                return [one.Value ?? ""];
            case YamlSequenceNode many when many.Children.All(child => child is YamlScalarNode):
                return [.. many.Children.Select(child => ((YamlScalarNode)child).Value ?? "")];
            default:
                Fault(key, "must be a list of texts.");
                return [];
        }
    }

    public YamlMap? Map(string key) => Find(key) is { } node ? Of(node, Path(key), _faults) : null;

    public IReadOnlyList<YamlMap> Maps(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlSequenceNode sequence:
                return [.. sequence.Children.Select((child, i) => Of(child, $"{Path(key)}[{i}]", _faults))];
            default:
                Fault(key, "must be a list.");
                return [];
        }
    }

    /// <summary>Names every key of the mapping, known or not, with a number each.</summary>
    public IEnumerable<string> Keys => _node.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "");

    /// <summary>Notes what is wrong with a key's value.</summary>
    public void Fault(string key, string message)
    {
        var place = _node.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode { Value: var name } && name == key);
        _faults.Add(At(place.Value?.Start ?? _node.Start, Path(key), message));
    }

    /// <summary>Notes every key that nobody asked for: a misspelt setting must not be silently the default.</summary>
    public void NoMore()
    {
        foreach (var key in _node.Children.Keys)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (!_known.Contains(name))
            {
                _faults.Add(At(key.Start, Path(name), $"is not known here; known are {string.Join(", ", _known.Order())}."));
            }
        }
    }

    private string Path(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private YamlScalarNode? Scalar(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlScalarNode scalar:
                return scalar;
            default:
                Fault(key, "must be a single value.");
                return null;
        }
    }

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return _node.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode { Value: var name } && name == key).Value;
    }

    private static TimeSpan? TryParseDuration(string text)
    {
        var (unit, factor) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => ("ms", 1.0),
            _ when text.EndsWith('s') => ("s", 1000.0),
            _ when text.EndsWith('m') => ("m", 60_000.0),
            _ when text.EndsWith('h') => ("h", 3_600_000.0),
            _ => ("", 0.0),
        };
        return factor > 0 && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 1e9
            ? TimeSpan.FromMilliseconds(number * factor)
            : null;
    }

    private static PolicyFault At(Mark mark, string path, string message) => new((int)mark.Line, (int)mark.Column, path, message);
}
