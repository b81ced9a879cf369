namespace RateLimitSuite.Charts;

/// <summary>Numbers as people read them: three significant digits, and k, M, G for thousands.</summary>
public static class NumberText
{
    private static readonly (double Factor, string Letter)[] Letters = [(1e9, "G"), (1e6, "M"), (1e3, "k")];

    /// <summary>A short text for a value; a dash for what is no number.</summary>
    public static string Compact(double value)
    {
        if (!double.IsFinite(value))
        {
            return "–";
        }

        var size = Math.Abs(value);
        foreach (var (factor, letter) in Letters)
        {
            if (size >= factor)
            {
                return Digits(value / factor) + letter;
            }
        }

        return Digits(value);
    }

    /// <summary>The same with its sign, as a SHAP value is shown: +1.2 or −0.3.</summary>
    public static string WithSign(double value)
    {
        var text = Compact(Math.Abs(value));
        return text == "0" ? "0" : value < 0 ? "−" + text : "+" + text;
    }

    private static string Digits(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("0", Invariant.Culture),
        >= 10 => value.ToString("0.#", Invariant.Culture),
        >= 1 => value.ToString("0.##", Invariant.Culture),
        >= 0.001 => value.ToString("G3", Invariant.Culture),
        0 => "0",
        _ => value.ToString("0.##e0", Invariant.Culture),
    };
}
