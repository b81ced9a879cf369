namespace RateLimitSuite.Limiter.Overrides;

/// <summary>Where decisions find the overrides in force: one reference, swapped as a whole.</summary>
internal sealed class OverrideHolder
{
    private volatile OverrideSet _current = OverrideSet.Empty;

    public OverrideSet Current => _current;

    public void Swap(OverrideSet set) => _current = set;
}
