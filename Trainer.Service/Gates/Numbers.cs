using System.Text.Json;
using System.Text.Json.Nodes;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Named numbers of a gate or a stage, kept as JSON. A number that is none becomes null: JSON knows no NaN and no ∞.</summary>
internal sealed class Numbers
{
    private readonly JsonObject _values = [];

    /// <summary>Sets a number.</summary>
    public Numbers With(string name, double value)
    {
        _values[name] = double.IsFinite(value) ? JsonValue.Create(value) : null;
        return this;
    }

    /// <summary>Sets a count.</summary>
    public Numbers With(string name, long value)
    {
        _values[name] = value;
        return this;
    }

    /// <summary>Sets a fact.</summary>
    public Numbers With(string name, bool value)
    {
        _values[name] = value;
        return this;
    }

    /// <summary>Sets a word.</summary>
    public Numbers With(string name, string value)
    {
        _values[name] = value;
        return this;
    }

    /// <summary>Sets a group of numbers.</summary>
    public Numbers With(string name, Numbers values)
    {
        _values[name] = values._values.DeepClone();
        return this;
    }

    /// <summary>As a JSON object on one line.</summary>
    public string ToJson() => _values.ToJsonString(JsonSerializerOptions.Default);
}
