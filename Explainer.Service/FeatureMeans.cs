using System.Diagnostics.Metrics;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Explainer;

/// <summary>Mean φ and |φ| per feature over the last 60 s, in one-second slots.</summary>
/// <remarks>Thread-safe. A slot is cleared by the first value of its second, so a quiet minute reads as no values.</remarks>
internal sealed class FeatureMeans(int featureCount, TimeProvider time)
{
    private const int Slots = 60;

    private readonly Lock _lock = new();
    private readonly long[] _second = new long[Slots];
    private readonly long[] _counts = new long[Slots];
    private readonly double[] _signed = new double[Slots * featureCount];
    private readonly double[] _absolute = new double[Slots * featureCount];

    public void Add(ReadOnlySpan<double> shap)
    {
        var second = Second();
        var slot = (int)(second % Slots);
        lock (_lock)
        {
            if (_second[slot] != second)
            {
                _second[slot] = second;
                _counts[slot] = 0;
                Array.Clear(_signed, slot * featureCount, featureCount);
                Array.Clear(_absolute, slot * featureCount, featureCount);
            }

            _counts[slot]++;
            for (var i = 0; i < featureCount; i++)
            {
                _signed[(slot * featureCount) + i] += shap[i];
                _absolute[(slot * featureCount) + i] += Math.Abs(shap[i]);
            }
        }
    }

    /// <summary>Means over the window and how many explanations are behind them; zeros where none.</summary>
    public (double[] Signed, double[] Absolute, long Count) Read()
    {
        var oldest = Second() - Slots;
        var (signed, absolute, count) = (new double[featureCount], new double[featureCount], 0L);
        lock (_lock)
        {
            for (var slot = 0; slot < Slots; slot++)
            {
                if (_second[slot] <= oldest)
                {
                    continue;
                }

                count += _counts[slot];
                for (var i = 0; i < featureCount; i++)
                {
                    signed[i] += _signed[(slot * featureCount) + i];
                    absolute[i] += _absolute[(slot * featureCount) + i];
                }
            }
        }

        for (var i = 0; i < featureCount && count > 0; i++)
        {
            signed[i] /= count;
            absolute[i] /= count;
        }

        return (signed, absolute, count);
    }

    public IEnumerable<Measurement<double>> Signed(FeatureSchema schema) => ToMeasurements(schema, Read().Signed);

    public IEnumerable<Measurement<double>> Absolute(FeatureSchema schema) => ToMeasurements(schema, Read().Absolute);

    public IEnumerable<Measurement<double>> Share(FeatureSchema schema)
    {
        var absolute = Read().Absolute;
        var sum = absolute.Sum();
        return ToMeasurements(schema, sum > 0 ? [.. absolute.Select(a => a / sum)] : absolute);
    }

    // Monotonic, as the wall clock can step back; one added so that an unused slot is older than any second.
    private long Second() => (time.GetTimestamp() / time.TimestampFrequency) + Slots + 1;

    private static Measurement<double>[] ToMeasurements(FeatureSchema schema, double[] values) =>
        [.. values.Select((value, i) => new Measurement<double>(value, new KeyValuePair<string, object?>("feature", schema.Names[i])))];
}
