namespace RateLimitSuite.Trainer.Gates;

/// <summary>The difference of two models' R on the same rows.</summary>
/// <param name="Difference">The first's R − the second's.</param>
/// <param name="Lower">Lower end of its 95 % interval.</param>
/// <param name="Upper">Upper end of it.</param>
/// <param name="Other">The second's R.</param>
/// <param name="Blocks">Blocks of time behind it; under ten the interval says little.</param>
internal readonly record struct ErrorDifference(double Difference, double Lower, double Upper, double Other, int Blocks);
