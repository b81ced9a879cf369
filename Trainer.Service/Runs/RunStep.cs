namespace RateLimitSuite.Trainer.Runs;

/// <summary>Where a run was at one moment.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Step">As the protocol spells it.</param>
/// <param name="Fraction">Of the step, 0..1.</param>
/// <param name="Message">In words.</param>
/// <param name="Version">The model it is about; empty: none yet.</param>
/// <param name="At">When.</param>
/// <param name="Elapsed">Since the run was asked for.</param>
internal sealed record RunStep(string RunId, string Step, double Fraction, string Message, string Version, DateTimeOffset At, TimeSpan Elapsed);
