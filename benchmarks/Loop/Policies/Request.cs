namespace RateLimitSuite.Benchmarks.Loop.Policies;

/// <summary>One request on its way.</summary>
/// <param name="Number">Unique in the run.</param>
/// <param name="Client">Position of its client.</param>
/// <param name="Cost">Tokens.</param>
/// <param name="Attempt">0: the first try.</param>
/// <param name="At">When it was made, s.</param>
internal readonly record struct Request(int Number, int Client, double Cost, int Attempt, double At);
