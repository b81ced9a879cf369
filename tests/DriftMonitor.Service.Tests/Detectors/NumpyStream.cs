namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

/// <summary>What numpy's legacy generator gives after <c>numpy.random.seed(seed)</c>, for <c>randint</c> of powers of two.</summary>
/// <remarks>That is MT19937 seeded with one number; <c>randint(n)</c> takes a 32-bit output and the bits of the smallest mask that
/// covers n - 1, again while it is too large, which for a power of two never happens. So <c>randint(8)</c> is the low three bits.</remarks>
internal sealed class NumpyStream
{
    private const int Length = 624;
    private readonly uint[] _state;
    private int _next = Length;

    public NumpyStream(uint seed)
        : this(StateOf(seed))
    {
    }

    /// <summary>Goes on from a state of 624 words.</summary>
    public NumpyStream(uint[] state) => _state = state;

    /// <summary>The state that a seed of one number gives.</summary>
    public static uint[] StateOf(uint seed)
    {
        var state = new uint[Length];
        state[0] = seed;
        for (var i = 1; i < Length; i++)
        {
            state[i] = unchecked((1812433253 * (state[i - 1] ^ (state[i - 1] >> 30))) + (uint)i);
        }

        return state;
    }

    /// <summary>The published stream: 1,000 × randint(2), then 1,000 × randint(8), seed 12345.</summary>
    public static double[] TwoThenEight()
    {
        var stream = new NumpyStream(12345);
        return [.. Enumerable.Range(0, 2000).Select(i => (double)stream.RandInt(i < 1000 ? 2u : 8u))];
    }

    /// <summary>0..<paramref name="powerOfTwo"/> - 1.</summary>
    public uint RandInt(uint powerOfTwo) => NextUInt32() & (powerOfTwo - 1);

    public uint NextUInt32()
    {
        if (_next == Length)
        {
            Twist();
        }

        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        for (var i = 0; i < Length; i++)
        {
            var y = (_state[i] & 0x80000000) | (_state[(i + 1) % Length] & 0x7FFFFFFF);
            _state[i] = _state[(i + 397) % Length] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908B0DFu);
        }

        _next = 0;
    }
}
