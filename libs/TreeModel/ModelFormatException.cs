namespace RateLimitSuite.TreeModel;

/// <summary>A model text that cannot be used, with the line and key at fault.</summary>
public sealed class ModelFormatException : FormatException
{
    /// <summary>Creates the error for one line of a model text.</summary>
    /// <param name="line">Line number, from 1.</param>
    /// <param name="key">The key on that line, or what was expected there.</param>
    /// <param name="reason">What is wrong with it.</param>
    public ModelFormatException(int line, string key, string reason)
        : base($"line {line}, {key}: {reason}")
    {
        Line = line;
        Key = key;
    }

    /// <summary>Line number in the text, from 1.</summary>
    public int Line { get; }

    /// <summary>The key at fault, or what was expected on that line.</summary>
    public string Key { get; }
}
