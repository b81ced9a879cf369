namespace RateLimitSuite.Charts;

/// <summary>One step of a <see cref="ForceChart"/> and the stretch of the axis that it takes.</summary>
internal readonly record struct ForcePiece(WaterfallStep Step, double From, double To);
