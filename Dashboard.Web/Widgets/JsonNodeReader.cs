using System.Text.Json;

namespace RateLimitSuite.Dashboard.Widgets;

/// <summary>Reads the members of one JSON object; what is wrong is noted with its path, and something usable stands in for it.</summary>
internal sealed class JsonNodeReader(JsonElement node, string path, List<LayoutFault> faults)
{
    private readonly bool _isObject = IsObject(node, path, faults);

    /// <summary>Faults noted so far, in the whole document.</summary>
    public int Faults => faults.Count;

    public void OnlyKeys(string[] known)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in _isObject ? node.EnumerateObject() : default)
        {
            if (!known.Contains(member.Name, StringComparer.Ordinal))
            {
                Fault(member.Name, $"is not known; there are {string.Join(", ", known)}.");
            }
            else if (!seen.Add(member.Name))
            {
                Fault(member.Name, "stands there twice.");
            }
        }
    }

    /// <summary>A word out of a few; absent: <paramref name="otherwise"/>, which null makes a fault.</summary>
    public string OneOf(string name, string? otherwise, params string[] words)
    {
        if (!TryGet(name, out var value))
        {
            if (otherwise is null && _isObject)
            {
                Fault(name, $"is missing; it must be one of {string.Join(", ", words)}.");
            }

            return otherwise ?? words[0];
        }

        if (value.ValueKind == JsonValueKind.String && words.Contains(value.GetString(), StringComparer.Ordinal))
        {
            return value.GetString()!;
        }

        Fault(name, $"is {Shown(value)}; it must be one of {string.Join(", ", words)}.");
        return words[0];
    }

    public string Text(string name, int most)
    {
        if (TryGet(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && text.Length <= most)
        {
            return text;
        }

        if (_isObject)
        {
            Fault(name, value.ValueKind == JsonValueKind.Undefined
                ? $"is missing; it must be a text of 1..{most} characters."
                : $"is {Shown(value)}; it must be a text of 1..{most} characters.");
        }

        return "";
    }

    public int Number(string name, int least, int most, int otherwise)
    {
        if (!TryGet(name, out var value))
        {
            return otherwise;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fault(name, $"is {Shown(value)}; it must be a whole number from {least} to {most}.");
        return otherwise;
    }

    public IEnumerable<JsonNodeReader> Items(string name, int least, int most)
    {
        if (!TryGet(name, out var value) || value.ValueKind != JsonValueKind.Array)
        {
            if (_isObject)
            {
                Fault(name, value.ValueKind == JsonValueKind.Undefined ? "is missing; it must be a list." : $"is {Shown(value)}; it must be a list.");
            }

            return [];
        }

        if (value.GetArrayLength() < least || value.GetArrayLength() > most)
        {
            Fault(name, $"has {value.GetArrayLength()} entries; it must have {least}..{most}.");
            return [];
        }

        return value.EnumerateArray().Select((item, i) => new JsonNodeReader(item, $"{Child(name)}[{i}]", faults));
    }

    private bool TryGet(string name, out JsonElement value)
    {
        value = default;
        return _isObject && node.TryGetProperty(name, out value);
    }

    private void Fault(string name, string message) => faults.Add(new LayoutFault(Child(name), message));

    private string Child(string name) => path == "$" ? name : $"{path}.{name}";

    private static bool IsObject(JsonElement node, string path, List<LayoutFault> faults)
    {
        if (node.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        faults.Add(new LayoutFault(path, $"is {Shown(node)}; it must be an object."));
        return false;
    }

    private static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
    }
}
