namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>Quantiles of the χ² distribution by Wilson and Hilferty's cube root, within half a per cent from 3 degrees on.</summary>
internal static class ChiSquare
{
    /// <summary>The value that a share of the distribution does not exceed.</summary>
    public static double Quantile(int degrees, double share)
    {
        var scale = 2.0 / (9 * degrees);
        var root = 1 - scale + (Normal(share) * Math.Sqrt(scale));
        return degrees * root * root * root;
    }

    // The upper half by bisection on the complementary error function's continued fraction would be overkill: Acklam's rational
    // approximation is within 1e-9.
    private static double Normal(double share)
    {
        ReadOnlySpan<double> a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.3577518672690, -30.66479806614716, 2.506628277459239];
        ReadOnlySpan<double> b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
        ReadOnlySpan<double> c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
        ReadOnlySpan<double> d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
        const double Tail = 0.02425;
        if (share > 1 - Tail)
        {
            var far = Math.Sqrt(-2 * Math.Log(1 - share));
            return -Polynomial(c, far) / Polynomial(d, far);
        }

        if (share < Tail)
        {
            var far = Math.Sqrt(-2 * Math.Log(share));
            return Polynomial(c, far) / Polynomial(d, far);
        }

        var middle = share - 0.5;
        var square = middle * middle;
        return middle * Polynomial(a, square) / Polynomial(b, square);
    }

    private static double Polynomial(ReadOnlySpan<double> coefficients, double x)
    {
        var value = 0.0;
        foreach (var coefficient in coefficients)
        {
            value = (value * x) + coefficient;
        }

        return value;
    }
}
