using System.Globalization;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Trainer.Extraction;

/// <summary>Takes clean labelled rows into <see cref="MetricsRows"/> and counts the others by what is wrong with them.</summary>
/// <remarks>Nothing is mended: the data gate decides by the counts whether the rest may be trained on.</remarks>
internal static class RowFilter
{
    /// <summary>Adds the row, or counts why not.</summary>
    public static void Add(MetricsRows rows, RawRow row)
    {
        if (row.SchemaHash != rows.Schema.Hash)
        {
            rows.OtherSchema++;
            Note(rows, $"schema hash {row.SchemaHash}, this trainer's is {rows.Schema.Hash}");
        }
        else if (row.Label is not { } label)
        {
            rows.AddUnlabelled(row.Policy);
        }
        else if (Array.Exists(row.Features, double.IsNaN))
        {
            rows.Missing++;
        }
        else if (Fault(rows.Schema, row, label) is { } fault)
        {
            rows.OutOfRange++;
            Note(rows, fault);
        }
        else
        {
            Append(rows, row, label);
        }
    }

    private static string? Fault(FeatureSchema schema, RawRow row, double label)
    {
        for (var feature = 0; feature < row.Features.Length; feature++)
        {
            if (schema.Fault(feature, row.Features[feature]) is { } fault)
            {
                return fault;
            }
        }

        if (!(label >= 0 && double.IsFinite(label)))
        {
            return Invariant($"actual_refill_rate is {label}; it must be at least 0 tokens/s.");
        }

        if (!(row.Low is null or >= 0) || !((row.Low ?? label) <= (row.High ?? label)))
        {
            return Invariant($"y_lo is {row.Low} and y_hi {row.High}; 0 ≤ y_lo ≤ y_hi must hold.");
        }

        return row.Quality is >= 0 and <= 1 ? null : Invariant($"label_quality is {row.Quality}; it must be 0..1.");
    }

    private static void Append(MetricsRows rows, RawRow row, double label)
    {
        for (var feature = 0; feature < row.Features.Length; feature++)
        {
            rows.Features[feature].Add(FeatureSchema.Canonical(row.Features[feature]));
        }

        rows.Timestamp.Add(row.Timestamp);
        rows.Label.Add(label);
        rows.Low.Add(row.Low ?? label);
        rows.High.Add(row.High ?? label);
        rows.Quality.Add(row.Quality);
        rows.Limited.Add(row.Limited);
        rows.Propensity.Add(row.Propensity is > 0 and <= 1 ? row.Propensity : 0);
        rows.Prediction.Add(row.Prediction ?? double.NaN);
        rows.RefillRate.Add(row.RefillRate);
        rows.Decisions.Add(row.Decisions);
        rows.WronglyThrottled.Add(row.WronglyThrottled);
        rows.Client.Add(rows.Clients.NumberOf(row.Client));
        rows.Policy.Add(rows.Policies.NumberOf(row.Policy));
    }

    private static void Note(MetricsRows rows, string fault)
    {
        if (rows.FirstFault.Length == 0)
        {
            rows.FirstFault = fault;
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
