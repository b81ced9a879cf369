namespace RateLimitSuite.TreeModel;

/// <summary>How a raw score becomes a prediction.</summary>
public enum Link
{
    /// <summary>The prediction is the raw score.</summary>
    Identity,

    /// <summary>The prediction is the exponential of the raw score.</summary>
    Log,

    /// <summary>The prediction is the raw score times its absolute value (<c>regression sqrt</c>).</summary>
    SignedSquare,
}

/// <summary>The objective that a model was trained for, and the link that follows from it.</summary>
/// <param name="Text">The objective as the model text gives it, with its parameters; empty for a custom one.</param>
/// <param name="Link">How a raw score becomes a prediction.</param>
public sealed record Objective(string Text, Link Link)
{
    /// <summary>First word of the text: <c>regression</c>, <c>poisson</c> and so on; <c>custom</c> where there is none.</summary>
    public string Name => Text.Length == 0 ? "custom" : Text.Split(' ')[0];

    /// <summary>Turns a raw score into a prediction.</summary>
    public double Apply(double raw) => Link switch
    {
        Link.Log => Math.Exp(raw),
        Link.SignedSquare => raw * Math.Abs(raw),
        _ => raw,
    };

    /// <summary>Reads the objective of a model text.</summary>
    /// <returns>The objective, or null where its scores are not one regression output.</returns>
    internal static Objective? TryParse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (words.Length == 0 ? "" : words[0]) switch
        {
            "" or "custom" => new Objective(text, Link.Identity),
            "regression" => new Objective(text, words.Contains("sqrt") ? Link.SignedSquare : Link.Identity),
            "regression_l1" or "huber" or "fair" or "quantile" or "mape" => new Objective(text, Link.Identity),
            "poisson" or "gamma" or "tweedie" => new Objective(text, Link.Log),
            _ => null,
        };
    }
}
