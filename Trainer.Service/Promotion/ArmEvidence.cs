namespace RateLimitSuite.Trainer.Promotion;

/// <summary>What one arm did on live traffic in an interval.</summary>
/// <param name="Decisions">Decisions made.</param>
/// <param name="Denied">Of them, throttled.</param>
/// <param name="WronglyThrottled">Of them, wrongly.</param>
/// <param name="OverAdmitted">Decisions wrongly let through.</param>
/// <param name="Rows">Labelled rows.</param>
/// <param name="Mae">R over those rows.</param>
/// <param name="LatencyP99">Of what was admitted, s; 0: none was.</param>
/// <param name="FailureShare">5xx and time-outs / admitted.</param>
/// <param name="ClampShare">Predictions outside the envelope / predictions.</param>
internal sealed record ArmEvidence(
    long Decisions = 0, long Denied = 0, long WronglyThrottled = 0, long OverAdmitted = 0, long Rows = 0, double Mae = 0, double LatencyP99 = 0,
    double FailureShare = 0, double ClampShare = 0)
{
    /// <summary>An arm that decided nothing.</summary>
    public static ArmEvidence None { get; } = new();

    /// <summary>The interval cut into blocks, in time order, without those in which nothing was decided; none where none were asked for.</summary>
    public IReadOnlyList<EvidenceBlock> Blocks { get; init; } = [];

    /// <summary>Decisions that let the request go on.</summary>
    public long Admitted => Decisions - Denied;
}
