namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

/// <summary>What Python's <c>random.Random(seed).gauss(mu, sigma)</c> gives: MT19937 seeded by array, 53-bit uniforms, normals in pairs.</summary>
internal sealed class PythonStream
{
    private const int Length = 624;
    private readonly NumpyStream _bits;
    private double _second = double.NaN;

    public PythonStream(uint seed)
    {
        // Python seeds by an array of the number's 32-bit words; here there is one.
        var state = NumpyStream.StateOf(19650218);
        var i = 1;
        for (var k = 0; k < Length; k++)
        {
            state[i] = unchecked((state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525)) + seed);
            i = Next(state, i);
        }

        for (var k = 0; k < Length - 1; k++)
        {
            state[i] = unchecked((state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941)) - (uint)i);
            i = Next(state, i);
        }

        state[0] = 0x80000000;
        _bits = new NumpyStream(state);
    }

    public double Gauss(double mean, double deviation)
    {
        var normal = _second;
        _second = double.NaN;
        if (double.IsNaN(normal))
        {
            var angle = Uniform() * 2 * Math.PI;
            var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
            normal = Math.Cos(angle) * radius;
            _second = Math.Sin(angle) * radius;
        }

        return mean + (normal * deviation);
    }

    public double Uniform() => (((_bits.NextUInt32() >> 5) * 67108864.0) + (_bits.NextUInt32() >> 6)) / 9007199254740992.0;

    private static int Next(uint[] state, int i)
    {
        if (i + 1 < Length)
        {
            return i + 1;
        }

        state[0] = state[Length - 1];
        return 1;
    }
}
