using System.Globalization;

namespace RateLimitSuite.Benchmarks.Loop;

/// <summary>A mean over seeds and the half width of its 95 % interval.</summary>
internal readonly record struct Interval(double Mean, double HalfWidth)
{
    // Student's t, two-sided 95 %, for 1 to 20 degrees of freedom; beyond, the normal value is near enough.
    private static readonly double[] Student =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    ];

    /// <summary>Of the seeds' values.</summary>
    public static Interval Of(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        if (values.Count < 2)
        {
            return new(mean, double.NaN);
        }

        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
        var t = values.Count - 2 < Student.Length ? Student[values.Count - 2] : 1.96;
        return new(mean, t * deviation / Math.Sqrt(values.Count));
    }

    /// <summary>As a percentage.</summary>
    public string Percent() => string.Create(CultureInfo.InvariantCulture, $"{100 * Mean,5:F1} ± {100 * HalfWidth:F1}");

    /// <summary>As milliseconds.</summary>
    public string Milliseconds() => string.Create(CultureInfo.InvariantCulture, $"{1000 * Mean,4:F0} ± {1000 * HalfWidth:F0}");
}
