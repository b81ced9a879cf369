using System.Globalization;
using Spectre.Console;

namespace RateLimitSuite.Smoke;

/// <summary>The summary that people read.</summary>
internal static class SmokeTable
{
    public static Table Of(SmokeReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("Smoke run").AddColumn("what").AddColumn(new TableColumn("value").RightAligned());
        void Row(string what, FormattableString value) => table.AddRow(Markup.Escape(what), Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));

        Row("decisions", $"{report.Last?.Traffic?.Sent ?? 0:N0}");
        Row("throttled", $"{report.Last?.Traffic?.Throttled ?? 0:N0}");
        Row("failed", $"{report.Last?.Traffic?.Failed ?? 0:N0}");
        Row("explanations published", $"{report.Last?.Explainer?.Published ?? 0:N0}");
        Row("relative MAE (R) at drift / after", $"{report.Before.Mae:0.000} / {report.After.Mae:0.000}");
        Row("violation rate (p) at drift / after", $"{report.Before.Violations:0.0000} / {report.After.Violations:0.0000}");
        Row("model before", $"{report.VersionBefore}");
        Row("model after", $"{report.VersionAfter}");
        Row("decisions that carry it", $"{report.ShareOfNewVersion:P1}");
        var last = TimeSpan.Zero;
        foreach (var (step, at) in report.Steps)
        {
            Row($"{step}, at s (+ since the step before)", $"{at.TotalSeconds:0.0} (+{(at - last).TotalSeconds:0.0})");
            last = at;
        }

        Goal("trip to first canary share", report.Between(SmokeStep.DriftFound, SmokeStep.Canary));
        Goal("full share to R under its limit", report.Between(SmokeStep.FullShare, SmokeStep.ErrorBack));
        Goal("full share to p under its limit", report.Between(SmokeStep.FullShare, SmokeStep.ViolationsBack));
        return table;

        void Goal(string what, TimeSpan? took)
        {
            var verdict = took is not { } span ? "not seen" : span <= Recovery.Goal ? "met" : "missed";
            Row($"{what}, s (goal: {Recovery.Goal.TotalSeconds:0})", $"{took?.TotalSeconds:0.0} {verdict}");
        }
    }
}
