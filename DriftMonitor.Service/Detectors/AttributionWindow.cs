namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>Mean |SHAP value| per feature of one model: of its first explanations, and of those since the last reading. Any thread may use it.</summary>
internal sealed class AttributionWindow
{
    // Enough for shares of a few per cent to be steady.
    private const int ReferenceCount = 1_000;
    private const int LeastCount = 200;
    private const double DistanceLimit = 0.1;

    private readonly Lock _lock = new();
    private string _modelVersion = "";
    private string _mode = "";
    private double[] _reference = [];
    private double[] _present = [];
    private long _referenceCount;
    private long _presentCount;

    /// <summary>Takes in one explanation. Another model, or another mode, starts afresh: the two never share a series.</summary>
    /// <param name="modelVersion">The model that was explained.</param>
    /// <param name="mode">How it was.</param>
    /// <param name="shapValues">In feature order.</param>
    public void Add(string modelVersion, string mode, ReadOnlySpan<double> shapValues)
    {
        lock (_lock)
        {
            if (modelVersion != _modelVersion || mode != _mode || shapValues.Length != _present.Length)
            {
                (_modelVersion, _mode) = (modelVersion, mode);
                (_reference, _present) = (new double[shapValues.Length], new double[shapValues.Length]);
                (_referenceCount, _presentCount) = (0, 0);
            }

            var isReference = _referenceCount < ReferenceCount;
            var sums = isReference ? _reference : _present;
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += Math.Abs(shapValues[i]);
            }

            _ = isReference ? _referenceCount++ : _presentCount++;
        }
    }

    /// <summary>What was found since the last reading; null: nothing to say of this model yet.</summary>
    public DetectorReading? Read(string modelVersion)
    {
        lock (_lock)
        {
            if (modelVersion != _modelVersion || _presentCount < LeastCount || _reference.Sum() <= 0 || _present.Sum() <= 0)
            {
                return null;
            }

            var distance = AttributionDrift.Distance(_reference, _present);
            var ranks = AttributionDrift.RankCorrelation(_reference, _present);
            var reading = new DetectorReading(
                "attribution", distance, DistanceLimit, distance > DistanceLimit, true, false,
                FormattableString.Invariant($"rank correlation {ranks:0.00}, n = {_presentCount}, {_mode}"));
            Array.Clear(_present);
            _presentCount = 0;
            return reading;
        }
    }
}
