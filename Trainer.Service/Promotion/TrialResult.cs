namespace RateLimitSuite.Trainer.Promotion;

/// <summary>How a trial ended.</summary>
/// <param name="Promoted">Whether the model is champion now.</param>
/// <param name="Message">Why, in words.</param>
internal readonly record struct TrialResult(bool Promoted, string Message);
