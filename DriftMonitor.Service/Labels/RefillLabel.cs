namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>The refill rate, tokens/s, that a client should have had, in hindsight.</summary>
/// <param name="Rate">At the estimated capacity: <c>actual_refill_rate</c>.</param>
/// <param name="Lower">Least rate that the evidence allows.</param>
/// <param name="Upper">Greatest rate that it allows.</param>
/// <param name="Quality">0..1, how closely the evidence pins the capacity.</param>
internal readonly record struct RefillLabel(double Rate, double Lower, double Upper, double Quality);
