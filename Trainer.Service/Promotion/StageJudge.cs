using System.Globalization;
using RateLimitSuite.Trainer.Gates;

namespace RateLimitSuite.Trainer.Promotion;

/// <summary>Holds a model's live evidence against that of what it replaces: one set of rules for shadow, canary and watch.</summary>
internal static class StageJudge
{
    private const double GoodEnough = 0.15;
    private const double ErrorFactor = 1.25;
    private const double ClampShareMaximum = 0.001;

    // R of fewer rows than this says little.
    private const long LabelledRowsMinimum = 30;

    // A p99 of a few hundred requests is itself uncertain by about half.
    private const double LatencyFactor = 1.5;
    private const double LatencySlackSeconds = 0.05;

    /// <summary>Judges a model.</summary>
    /// <param name="evidence">What it did, and what it replaces.</param>
    /// <param name="decisionsNeeded">Decisions of the model before anything is said.</param>
    public static StageVerdict Judge(StageEvidence evidence, long decisionsNeeded)
    {
        var (model, replaced) = (evidence.Model, evidence.Replaced);
        string[] breaches =
        [
            .. If(Rose(evidence, arm => arm.WronglyThrottled, arm => arm.Decisions, block => (block.WronglyThrottled, block.Decisions)),
                $"wrongly throttled {Share(model.WronglyThrottled, model.Decisions):P2} of {model.Decisions}, before {Share(replaced.WronglyThrottled, replaced.Decisions):P2} of {replaced.Decisions}"),
            .. If(Rose(evidence, arm => arm.OverAdmitted, arm => arm.Decisions, block => (block.OverAdmitted, block.Decisions)),
                $"wrongly let through {Share(model.OverAdmitted, model.Decisions):P2}, before {Share(replaced.OverAdmitted, replaced.Decisions):P2}"),
            .. If(Rose(evidence, arm => arm.FailureShare * arm.Admitted, arm => arm.Admitted, block => (block.Failures, block.Reported)),
                $"{model.FailureShare:P2} of admitted requests failed, before {replaced.FailureShare:P2}"),
            .. If(IsSlower(evidence), $"p99 latency {model.LatencyP99:F3} s, before {replaced.LatencyP99:F3} s"),
            .. ErrorBreach(evidence),
            .. If(Proportions.LowerBound(model.ClampShare * model.Decisions, model.Decisions) > ClampShareMaximum,
                $"{model.ClampShare:P2} of predictions outside the envelope, {ClampShareMaximum:P1} may be"),
        ];
        var numbers = new Numbers().With("decisions_needed", decisionsNeeded).With("comparable", evidence.Setting != StageSetting.OtherLoad)
            .With("model", ToNumbers(model)).With("replaced", ToNumbers(replaced)).With("replaced_on_same_rows", ToNumbers(evidence.Beside));
        return new(model.Decisions >= decisionsNeeded, breaches, numbers);
    }

    private static bool Rose(
        StageEvidence evidence, Func<ArmEvidence, double> count, Func<ArmEvidence, long> total, Func<EvidenceBlock, (double, double)> ofBlock)
    {
        var (model, replaced) = (evidence.Model, evidence.Replaced);
        return evidence.Setting != StageSetting.OtherLoad
            && Proportions.IsWorse(count(model), total(model), count(replaced), total(replaced))
            && BlockTest.IsGreater([.. model.Blocks.Select(ofBlock)], [.. replaced.Blocks.Select(ofBlock)]);
    }

    private static bool IsSlower(StageEvidence evidence)
    {
        var (model, replaced) = (evidence.Model, evidence.Replaced);
        return evidence.Setting != StageSetting.OtherLoad
            && replaced.LatencyP99 > 0
            && model.LatencyP99 > LatencyFactor * replaced.LatencyP99 + LatencySlackSeconds
            && BlockTest.IsGreater([.. Latencies(model)], [.. Latencies(replaced)]);
    }

    private static IEnumerable<(double, double)> Latencies(ArmEvidence arm) => arm.Blocks.Where(block => block.LatencyP99 > 0).Select(block => (block.LatencyP99, 1.0));

    // On the same rows where there are such; another time's rows may just have been easier.
    private static string[] ErrorBreach(StageEvidence evidence)
    {
        var model = evidence.Model;
        var other = evidence.Beside.Rows >= LabelledRowsMinimum || evidence.Setting != StageSetting.SameTime ? evidence.Beside : evidence.Replaced;
        return If(model.Rows >= LabelledRowsMinimum && other.Rows >= LabelledRowsMinimum && model.Mae > Math.Max(GoodEnough, ErrorFactor * other.Mae),
            $"R {model.Mae:F3} on {model.Rows} rows, of the model before {other.Mae:F3}");
    }

    private static Numbers ToNumbers(ArmEvidence arm) => new Numbers()
        .With("decisions", arm.Decisions).With("denied", arm.Denied).With("wrongly_throttled", arm.WronglyThrottled).With("over_admitted", arm.OverAdmitted)
        .With("rows", arm.Rows).With("mae", arm.Mae).With("latency_p99_s", arm.LatencyP99).With("failure_share", arm.FailureShare)
        .With("clamp_share", arm.ClampShare);

    private static double Share(double count, long total) => total == 0 ? 0 : count / total;

    private static string[] If(bool breach, FormattableString message) => breach ? [message.ToString(CultureInfo.InvariantCulture)] : [];
}
