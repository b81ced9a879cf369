namespace RateLimitSuite.Limiter.Experiments;

/// <summary>What rate dither made of a client's rate in the present window.</summary>
internal enum DitherStep : byte
{
    /// <summary>Nothing was drawn.</summary>
    None,

    /// <summary>0.92 of the rate.</summary>
    Down,

    /// <summary>The rate itself.</summary>
    Neutral,

    /// <summary>1.08 of the rate.</summary>
    Up,
}

/// <summary>The steps as numbers.</summary>
internal static class DitherSteps
{
    /// <summary>What a step adds to the rate or takes from it, as a share.</summary>
    public const double Size = 0.08;

    /// <summary>Factor on the rate; 0: nothing was drawn.</summary>
    public static double Factor(this DitherStep step) => step switch
    {
        DitherStep.Down => 1 - Size,
        DitherStep.Neutral => 1,
        DitherStep.Up => 1 + Size,
        _ => 0,
    };
}
