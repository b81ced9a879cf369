namespace RateLimitSuite.Trainer.Extraction;

/// <summary>Numbers names in the order they are first met, so that columns hold small numbers.</summary>
internal sealed class NameList
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<string> _names = [];

    /// <summary>How many names there are.</summary>
    public int Count => _names.Count;

    /// <summary>The name of a number.</summary>
    public string this[int number] => _names[number];

    /// <summary>Whether the name has a number.</summary>
    public bool Contains(string name) => _numbers.ContainsKey(name);

    /// <summary>The number of a name.</summary>
    public int NumberOf(string name)
    {
        if (_numbers.TryGetValue(name, out var number))
        {
            return number;
        }

        number = _names.Count;
        _names.Add(name);
        _numbers.Add(name, number);
        return number;
    }
}
