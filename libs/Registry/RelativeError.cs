namespace RateLimitSuite.Registry;

/// <summary>R, the error of predictions against hindsight labels: Σ w·dist(prediction, [lo, hi]) / Σ w·max(y, 1), w the label quality.</summary>
/// <remarks>The one formula of trigger, gate and dashboard. Labels are intervals, so a prediction inside [lo, hi] is not wrong; the
/// floor of 1 token/s keeps idle clients from weighing by their tiny labels. Sums only, so windows can be merged; not thread-safe.</remarks>
public sealed class RelativeError
{
    /// <summary>z of a two-sided 95 % interval.</summary>
    public const double TwoSided95 = 1.959963984540054;

    /// <summary>z of a one-sided 95 % bound.</summary>
    public const double OneSided95 = 1.6448536269514722;

    private const double ScaleFloor = 1;

    private double _error;
    private double _scale;
    private double _errorSquared;
    private double _errorTimesScale;
    private double _scaleSquared;

    /// <summary>Nothing summed yet.</summary>
    public RelativeError()
    {
    }

    /// <summary>Continues from stored sums.</summary>
    public RelativeError(in RelativeErrorSums sums) =>
        (Count, _error, _scale, _errorSquared, _errorTimesScale, _scaleSquared) =
        (sums.Count, sums.Error, sums.Scale, sums.ErrorSquared, sums.ErrorTimesScale, sums.ScaleSquared);

    /// <summary>The sums, to be stored and added up elsewhere.</summary>
    public RelativeErrorSums Sums => new(Count, _error, _scale, _errorSquared, _errorTimesScale, _scaleSquared);

    /// <summary>Rows with a weight over 0.</summary>
    public long Count { get; private set; }

    /// <summary>R; NaN without rows.</summary>
    public double Value => _error / _scale;

    /// <summary>Standard error of <see cref="Value"/>, by the ratio estimator; NaN under two rows.</summary>
    /// <remarks>√(n/(n−1) · Σ w²(d − R·a)²) / Σ w·a, which without weights is sd(d − R·a) / (√n · mean a).</remarks>
    public double StandardError
    {
        get
        {
            if (Count < 2)
            {
                return double.NaN;
            }

            var r = Value;
            var squares = _errorSquared - 2 * r * _errorTimesScale + r * r * _scaleSquared;
            return Math.Sqrt(Math.Max(0, squares) * Count / (Count - 1)) / _scale;
        }
    }

    /// <summary>The lower bound at <paramref name="z"/> standard errors, not under 0; NaN under two rows.</summary>
    public double Lower(double z) => Math.Max(0, Value - z * StandardError);

    /// <summary>The upper bound at <paramref name="z"/> standard errors; NaN under two rows.</summary>
    public double Upper(double z) => Value + z * StandardError;

    /// <summary>Adds one labelled row.</summary>
    /// <param name="prediction">Tokens/s, unclamped.</param>
    /// <param name="label">y, tokens/s.</param>
    /// <param name="low">Lower end of the label, tokens/s.</param>
    /// <param name="high">Upper end of the label, tokens/s; at least <paramref name="low"/>, may be ∞.</param>
    /// <param name="quality">Weight w ≥ 0; a row of weight 0 is not counted.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not a number, or the weight is negative or infinite.</exception>
    public void Add(double prediction, double label, double low, double high, double quality)
    {
        if (!double.IsFinite(prediction) || !double.IsFinite(label) || !(low <= high))
        {
            throw new ArgumentOutOfRangeException(nameof(prediction), $"prediction {prediction}, label {label} in [{low}, {high}] is no labelled prediction.");
        }

        if (!(quality >= 0 && double.IsFinite(quality)))
        {
            throw new ArgumentOutOfRangeException(nameof(quality), quality, "A weight is finite and at least 0.");
        }

        if (quality > 0)
        {
            AddWeighted(quality * Distance(prediction, low, high), quality * Math.Max(label, ScaleFloor));
        }
    }

    /// <summary>Adds another's rows.</summary>
    public void Add(RelativeError other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Count += other.Count;
        _error += other._error;
        _scale += other._scale;
        _errorSquared += other._errorSquared;
        _errorTimesScale += other._errorTimesScale;
        _scaleSquared += other._scaleSquared;
    }

    /// <summary>How far a prediction lies outside [<paramref name="low"/>, <paramref name="high"/>]; 0 inside.</summary>
    public static double Distance(double prediction, double low, double high) => Math.Max(0, Math.Max(low - prediction, prediction - high));

    private void AddWeighted(double error, double scale)
    {
        Count++;
        _error += error;
        _scale += scale;
        _errorSquared += error * error;
        _errorTimesScale += error * scale;
        _scaleSquared += scale * scale;
    }
}
