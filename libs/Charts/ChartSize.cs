namespace RateLimitSuite.Charts;

/// <summary>Size of a picture in CSS pixels.</summary>
/// <param name="Width">160..4096.</param>
/// <param name="Height">40..4096.</param>
public readonly record struct ChartSize(int Width, int Height)
{
    /// <summary>The same, drawn within the bounds that text still fits.</summary>
    internal ChartSize Clamp() => new(Math.Clamp(Width, 160, 4096), Math.Clamp(Height, 40, 4096));
}
