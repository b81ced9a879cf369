namespace RateLimitSuite.Charts;

/// <summary>Maps a range of data linearly to a range of pixels.</summary>
/// <param name="From">Data at <paramref name="Start"/>.</param>
/// <param name="To">Data at <paramref name="End"/>; equal to <paramref name="From"/> maps everything to the middle.</param>
/// <param name="Start">First pixel.</param>
/// <param name="End">Last pixel; less than <paramref name="Start"/> for an axis that points upwards.</param>
public readonly record struct LinearScale(double From, double To, double Start, double End)
{
    /// <summary>The pixel of a value.</summary>
    public double Map(double value) => From == To ? (Start + End) / 2 : Start + ((value - From) / (To - From) * (End - Start));

    /// <summary>The value at a pixel.</summary>
    public double Invert(double pixel) => Start == End ? From : From + ((pixel - Start) / (End - Start) * (To - From));
}
