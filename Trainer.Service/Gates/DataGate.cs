using System.Globalization;
using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether the rows may be trained on at all; asked before anything is trained.</summary>
internal static class DataGate
{
    /// <summary>The gate's name.</summary>
    public const string Name = "data";

    private const double MissingShareMaximum = 0.01;
    private const double LabelShareMinimum = 0.9;

    /// <summary>Judges the rows.</summary>
    /// <param name="rows">What was read.</param>
    /// <param name="split">How it is split.</param>
    /// <param name="weighting">The training rows' weights, after the cap for each client.</param>
    /// <param name="profile">Says how many rows are needed.</param>
    /// <param name="first">Whether there is no model yet.</param>
    public static GateOutcome Check(MetricsRows rows, TimeSplit split, SampleWeighting weighting, LoopProfile profile, bool first)
    {
        var needed = first ? profile.FirstModelRows : profile.ModelRows;
        var span = first ? TimeSpan.Zero : profile.ModelSpan;
        var ofSchema = rows.Seen - rows.OtherSchema;
        var observed = ofSchema - rows.Unobserved;
        var labelShare = observed == 0 ? 0 : 1 - (double)(rows.Unlabelled - rows.Unobserved) / observed;
        var missingShare = ofSchema == 0 ? 0 : (double)rows.Missing / ofSchema;
        var numbers = new Numbers()
            .With("rows", rows.Count).With("rows_needed", needed).With("span_s", rows.Span.TotalSeconds).With("span_needed_s", span.TotalSeconds)
            .With("train_rows", split.TrainEnd).With("holdout_rows", rows.Count - split.HoldoutStart)
            .With("label_share", labelShare).With("unobserved", rows.Unobserved).With("missing_share", missingShare)
            .With("out_of_range", rows.OutOfRange).With("other_schema", rows.OtherSchema)
            .With("client_share_max", weighting.ClientShareMaximum).With("heaviest_client_share", weighting.HeaviestShare)
            .With("clients_capped", weighting.CappedClients);
        string[] faults =
        [
            .. If(rows.OutOfRange > 0, $"{rows.OutOfRange} rows out of range, first: {rows.FirstFault}"),
            .. If(missingShare > MissingShareMaximum, $"{missingShare:P1} of rows lack a feature; {MissingShareMaximum:P0} may"),
            .. If(rows.Count < needed && rows.OtherSchema > 0, $"{rows.OtherSchema} rows have another schema ({rows.FirstFault})"),
            .. If(rows.Count < needed, $"{rows.Count} labelled rows; {needed} are needed"),
            .. If(rows.Span < span, $"rows span {rows.Span.TotalDays:F2} days; {span.TotalDays:F2} are needed"),
            .. If(labelShare < LabelShareMinimum, $"{labelShare:P1} of rows have a label; {LabelShareMinimum:P0} must"),
            .. If(rows.Count >= needed && (split.TrainEnd == 0 || split.HoldoutStart >= rows.Count), $"no rows are left on one side of the hold-out"),
            .. If(rows.Count >= needed && !weighting.Weights.Any(weight => weight > 0), $"no training row has a label of any quality"),
        ];
        return GateOutcome.Of(Name, faults.Length == 0, numbers, faults.Length == 0 ? $"{rows.Count} rows" : string.Join("; ", faults));
    }

    private static string[] If(bool fault, FormattableString message) => fault ? [message.ToString(CultureInfo.InvariantCulture)] : [];
}
