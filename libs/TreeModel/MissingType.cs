namespace RateLimitSuite.TreeModel;

/// <summary>Which values a numerical split sends to its default side. The numbers are those of the text format.</summary>
public enum MissingType
{
    /// <summary>None; NaN counts as 0.</summary>
    None = 0,

    /// <summary>Zero, as |x| ≤ 1e-35f, and NaN.</summary>
    Zero = 1,

    /// <summary>NaN.</summary>
    NaN = 2,
}
