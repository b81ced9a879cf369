namespace RateLimitSuite.Limiter.Policies;

/// <summary>One thing that is wrong with a policy file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Path">Such as <c>domains[0].policies[1].envelope.max</c>.</param>
/// <param name="Message">What is wrong, with value and range.</param>
internal sealed record PolicyFault(int Line, int Column, string Path, string Message)
{
    public override string ToString() => $"line {Line}, column {Column}: {Path}: {Message}";
}
