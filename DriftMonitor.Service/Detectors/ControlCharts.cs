namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>EWMA and CUSUM over log R, standardised against what is usual at that hour of the week.</summary>
/// <remarks>R is taken relative to the model's own validation, so that the baseline outlives a promotion: with a model a night it
/// would else never be a week long. The charts themselves start afresh with each model.</remarks>
internal sealed class ControlCharts(bool retrains)
{
    private const double SmallestError = 1e-4;
    private const double GreatestLag1 = 0.2;

    private readonly HourlyBaseline _baseline = new();
    private readonly EwmaChart _ewma = new();
    private readonly CusumChart _cusum = new();

    /// <summary>Another model: nothing of the past is held against it.</summary>
    public void Reset()
    {
        _ewma.Reset();
        _cusum.Reset();
    }

    /// <summary>Reads the charts after a window.</summary>
    /// <param name="at">The window's start.</param>
    /// <param name="error">Its R, &gt; 0 rows behind it.</param>
    /// <param name="atValidation">The model's R at validation; 0: unknown, and nothing can be said.</param>
    public IEnumerable<DetectorReading> Read(DateTimeOffset at, double error, double atValidation)
    {
        var known = atValidation > 0 && double.IsFinite(error);
        var value = known ? Math.Log(Math.Max(error, SmallestError) / Math.Max(atValidation, SmallestError)) : 0;
        var ready = known && _baseline.Ready;
        var standardised = ready ? _baseline.Standardise(at, value) : 0;
        var ewma = ready && _ewma.Observe(standardised) && _ewma.Statistic > 0;
        var cusum = ready && _cusum.Observe(standardised);
        var note = !_baseline.Ready ? $"{_baseline.Count} of 168 windows of a baseline"
            : _baseline.Lag1 > GreatestLag1 ? FormattableString.Invariant($"neighbouring windows correlate by {_baseline.Lag1:0.00}: wider windows would alarm less") : "";
        if (known)
        {
            _baseline.Learn(at, value);
        }

        return
        [
            new("ewma", _ewma.Statistic, _ewma.Limit, ewma, ready, retrains, note),
            new("cusum", _cusum.Statistic, _cusum.Limit, cusum, ready, retrains, note),
        ];
    }
}
