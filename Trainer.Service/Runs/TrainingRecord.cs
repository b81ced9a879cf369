namespace RateLimitSuite.Trainer.Runs;

/// <summary>One request for a training as the database has it.</summary>
/// <param name="RunId">Unique.</param>
/// <param name="Reason">drift, nightly, manual or first.</param>
/// <param name="Detail">More of why.</param>
/// <param name="Result">promoted, rejected, failed or folded; empty: not ended.</param>
/// <param name="Message">How it ended, in words.</param>
internal sealed record TrainingRecord(string RunId, string Reason, string Detail, string Result, string Message);
