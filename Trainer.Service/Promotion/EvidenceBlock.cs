namespace RateLimitSuite.Trainer.Promotion;

/// <summary>What one arm did in one block of time.</summary>
/// <param name="Decisions">Decisions made.</param>
/// <param name="WronglyThrottled">Of them, throttled wrongly.</param>
/// <param name="OverAdmitted">Of them, wrongly let through.</param>
/// <param name="Reported">Outcomes that are known.</param>
/// <param name="Failures">Of them, 5xx and time-outs.</param>
/// <param name="LatencyP99">Of what was admitted, s; 0: none was.</param>
internal readonly record struct EvidenceBlock(long Decisions, long WronglyThrottled, double OverAdmitted, long Reported, long Failures, double LatencyP99);
