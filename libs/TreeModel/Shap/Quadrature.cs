namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Gauss–Legendre quadrature on [0, 1].</summary>
/// <remarks>
/// The Shapley weight of a coalition of k among d players is an integral, k!(d−1−k)!/d! = ∫ tᵏ(1−t)ᵈ⁻¹⁻ᵏ dt. So a leaf's SHAP value is the
/// integral of a polynomial of degree d−1, a product over the path's features, and ⌈d/2⌉ nodes give it exactly. No factorial, no
/// coefficient list and no division by a weight is needed, and all terms have one sign, so nothing cancels.
/// </remarks>
internal sealed class Quadrature
{
    /// <summary>Nodes that a vector holds.</summary>
    public const int Lanes = 8;

    private const int DepthMax = 64;
    private static readonly Lazy<Quadrature>[] ByDepth =
        [.. Enumerable.Range(0, DepthMax + 1).Select(depth => new Lazy<Quadrature>(() => new Quadrature(Math.Max(1, (depth + 1) / 2))))];

    private Quadrature(int count)
    {
        Nodes = new double[count];
        Weights = new double[count];
        for (var i = 0; i < count; i++)
        {
            (Nodes[i], Weights[i]) = Node(count, i);
        }

        LaneNodes = new double[(count + Lanes - 1) / Lanes * Lanes];
        LaneWeights = new double[LaneNodes.Length];
        Nodes.CopyTo(LaneNodes, 0);
        Weights.CopyTo(LaneWeights, 0);
    }

    /// <summary>Places in (0, 1).</summary>
    public double[] Nodes { get; }

    /// <summary>Their weights, which add up to 1.</summary>
    public double[] Weights { get; }

    /// <summary>The nodes, filled up to whole vectors with nodes of no weight.</summary>
    public double[] LaneNodes { get; }

    /// <summary>The weights, filled up with zeros.</summary>
    public double[] LaneWeights { get; }

    /// <summary>The rule that is exact for a path of <paramref name="depth"/> unique features.</summary>
    public static Quadrature ForDepth(int depth) => ByDepth[depth].Value;

    /// <summary>A power with a small exponent.</summary>
    public static double Power(double x, int exponent)
    {
        double power = 1;
        for (var i = 0; i < exponent; i++)
        {
            power *= x;
        }

        return power;
    }

    private static (double Node, double Weight) Node(int count, int index)
    {
        // Newton's method on the Legendre polynomial from Chebyshev's guess converges in a few steps; 100 is a bound, not a need.
        var x = Math.Cos(Math.PI * (index + 0.75) / (count + 0.5));
        double slope = 0;
        for (var step = 0; step < 100; step++)
        {
            (var value, slope) = Legendre(count, x);
            var change = value / slope;
            x -= change;
            if (Math.Abs(change) < 1e-16)
            {
                break;
            }
        }

        return ((1 - x) / 2, 1 / ((1 - (x * x)) * slope * slope));
    }

    private static (double Value, double Slope) Legendre(int degree, double x)
    {
        double before = 1;
        var value = x;
        for (var k = 2; k <= degree; k++)
        {
            (before, value) = (value, ((((2 * k) - 1) * x * value) - ((k - 1) * before)) / k);
        }

        return (value, degree * ((x * value) - before) / ((x * x) - 1));
    }
}
