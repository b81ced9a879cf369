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
    /// <param name="model">What it did.</param>
    /// <param name="replaced">What the champion, or the limiter without a model, did.</param>
    /// <param name="decisionsNeeded">Decisions of the model before anything is said.</param>
    public static StageVerdict Judge(ArmEvidence model, ArmEvidence replaced, long decisionsNeeded)
    {
        string[] breaches =
        [
            .. If(Proportions.IsWorse(model.WronglyThrottled, model.Decisions, replaced.WronglyThrottled, replaced.Decisions),
                $"wrongly throttled {Share(model.WronglyThrottled, model.Decisions):P2} of {model.Decisions}, before {Share(replaced.WronglyThrottled, replaced.Decisions):P2} of {replaced.Decisions}"),
            .. If(Proportions.IsWorse(model.OverAdmitted, model.Decisions, replaced.OverAdmitted, replaced.Decisions),
                $"wrongly let through {Share(model.OverAdmitted, model.Decisions):P2}, before {Share(replaced.OverAdmitted, replaced.Decisions):P2}"),
            .. If(Proportions.IsWorse(model.FailureShare * model.Admitted, model.Admitted, replaced.FailureShare * replaced.Admitted, replaced.Admitted),
                $"{model.FailureShare:P2} of admitted requests failed, before {replaced.FailureShare:P2}"),
            .. If(replaced.LatencyP99 > 0 && model.LatencyP99 > LatencyFactor * replaced.LatencyP99 + LatencySlackSeconds,
                $"p99 latency {model.LatencyP99:F3} s, before {replaced.LatencyP99:F3} s"),
            .. If(model.Rows >= LabelledRowsMinimum && replaced.Rows >= LabelledRowsMinimum && model.Mae > Math.Max(GoodEnough, ErrorFactor * replaced.Mae),
                $"R {model.Mae:F3} on {model.Rows} rows, before {replaced.Mae:F3}"),
            .. If(Proportions.LowerBound(model.ClampShare * model.Decisions, model.Decisions) > ClampShareMaximum,
                $"{model.ClampShare:P2} of predictions outside the envelope, {ClampShareMaximum:P1} may be"),
        ];
        var numbers = new Numbers().With("decisions_needed", decisionsNeeded).With("model", ToNumbers(model)).With("replaced", ToNumbers(replaced));
        return new(model.Decisions >= decisionsNeeded, breaches, numbers);
    }

    private static Numbers ToNumbers(ArmEvidence arm) => new Numbers()
        .With("decisions", arm.Decisions).With("denied", arm.Denied).With("wrongly_throttled", arm.WronglyThrottled).With("over_admitted", arm.OverAdmitted)
        .With("rows", arm.Rows).With("mae", arm.Mae).With("latency_p99_s", arm.LatencyP99).With("failure_share", arm.FailureShare)
        .With("clamp_share", arm.ClampShare);

    private static double Share(double count, long total) => total == 0 ? 0 : count / total;

    private static string[] If(bool breach, FormattableString message) => breach ? [message.ToString(CultureInfo.InvariantCulture)] : [];
}
