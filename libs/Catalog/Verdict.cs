namespace RateLimitSuite.Catalog;

/// <summary>What a check can come to.</summary>
public enum Verdict
{
    /// <summary>What is there is what the catalog says.</summary>
    Matches,

    /// <summary>The catalog says nothing.</summary>
    NotPinned,

    /// <summary>What the catalog says cannot be held against anything here.</summary>
    NotVerifiable,

    /// <summary>What is there differs.</summary>
    Deviates,
}
