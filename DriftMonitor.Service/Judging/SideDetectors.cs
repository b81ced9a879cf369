using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Judging;

/// <summary>The detectors that look at single row windows, at features and at explanations: Page–Hinkley, ADWIN, PSI, attribution drift.</summary>
/// <remarks>Only the leader asks them; what they said is kept with the window. A new leader reads the model's row windows again.</remarks>
internal sealed class SideDetectors(DriftStore store, AttributionWindow attributions, FeatureSchema schema, bool retrains)
{
    private const int MostErrors = 20_000;
    private const int ReferenceRows = 5_000;
    private const int SampleRows = 2_000;
    private const int LeastRows = 100;

    private readonly ErrorStream _errors = new();
    private string _modelVersion = "";
    private DateTimeOffset _readThrough;
    private Psi?[] _psi = [];

    /// <summary>What they say after a window.</summary>
    public async Task<IReadOnlyList<DetectorReading>> ReadAsync(DetectorWindow window, CancellationToken cancellationToken)
    {
        if (window.ModelVersion.Length == 0)
        {
            return [];
        }

        if (window.ModelVersion != _modelVersion)
        {
            _errors.Reset();
            _psi = [];
            (_modelVersion, _readThrough) = (window.ModelVersion, DateTimeOffset.UnixEpoch);
        }

        foreach (var (start, error) in await store.ErrorsAsync(_modelVersion, _readThrough, window.End, MostErrors, cancellationToken))
        {
            _errors.Observe(error);
        }

        _readThrough = window.End;
        List<DetectorReading> readings = [.. _errors.Read(retrains), .. await FeaturesAsync(window, cancellationToken)];
        if (attributions.Read(_modelVersion) is { } attribution)
        {
            readings.Add(attribution);
        }

        return readings;
    }

    // The reference is the first traffic that the model met: what it was trained on, a moment later.
    private async Task<IReadOnlyList<DetectorReading>> FeaturesAsync(DetectorWindow window, CancellationToken cancellationToken)
    {
        var sample = await store.FeaturesAsync(schema, window.Start, window.End, SampleRows, cancellationToken);
        var rows = sample[0].Length;
        if (rows < LeastRows)
        {
            return [];
        }

        if (_psi.Length == 0)
        {
            var length = window.End - window.Start;
            var reference = await store.FeaturesAsync(schema, window.Start - (7 * length), window.Start, ReferenceRows, cancellationToken);
            if (reference[0].Length < LeastRows)
            {
                return [];
            }

            _psi = Array.ConvertAll(reference, values => new Psi(values));
        }

        return [.. schema.Names.Select((name, i) => Read(name, _psi[i]!, sample[i]))];
    }

    private DetectorReading Read(string feature, Psi psi, double[] sample)
    {
        var index = psi.Of(sample);
        var limit = psi.Limit(sample.Length, schema.Count);

        // A moved feature alone is no reason to train: the model may know it.
        return new($"psi:{feature}", index, limit, index > limit, true, false, $"n = {sample.Length}");
    }
}
