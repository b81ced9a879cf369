namespace RateLimitSuite.TreeModel;

/// <summary>A small random generator whose sequence is fixed by its definition, not by a runtime's version.</summary>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to below <paramref name="bound"/>; the bias is below bound / 2⁶⁴.</summary>
    public int Next(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);
}
