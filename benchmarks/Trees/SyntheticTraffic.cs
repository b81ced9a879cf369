namespace RateLimitSuite.Benchmarks.Trees;

/// <summary>Feature vectors and labels by one published formula, so that model and figures can be made again anywhere.</summary>
internal static class SyntheticTraffic
{
    /// <summary>Number of features.</summary>
    public const int Width = 6;

    private const ulong TrainingSeed = 20261121;

    /// <summary>Makes rows that are all different.</summary>
    /// <param name="count">Number of rows.</param>
    /// <param name="seedOffset">0 for the training rows; anything else for others.</param>
    /// <param name="labels">Receives a label a row, with noise; may be empty.</param>
    public static double[] Rows(int count, ulong seedOffset, Span<float> labels = default)
    {
        var state = TrainingSeed + seedOffset;
        var rows = new double[count * Width];
        for (var i = 0; i < count; i++)
        {
            var row = rows.AsSpan(i * Width, Width);
            double volume = Uniform(ref state), latency = Uniform(ref state);
            row[0] = Math.Floor(5000 * volume * volume);
            row[1] = 3 * latency * latency;
            row[2] = Uniform(ref state);
            row[3] = Math.Floor(24 * Uniform(ref state));
            row[4] = Math.Floor(1e6 * Math.Pow(Uniform(ref state), 3));
            row[5] = Uniform(ref state);
            double u1 = Uniform(ref state), u2 = Uniform(ref state);
            if (!labels.IsEmpty)
            {
                labels[i] = (float)(RefillRate(row) + 6 * Math.Sqrt(-2 * Math.Log(1 - u1)) * Math.Cos(2 * Math.PI * u2));
            }
        }

        return rows;
    }

    /// <summary>Picks rows with Zipf's frequencies (exponent 1), as clients and their states recur in real traffic.</summary>
    /// <param name="distinct">The rows to pick from, the most frequent first.</param>
    /// <param name="count">Rows to make.</param>
    public static double[] Zipf(double[] distinct, int count)
    {
        var cumulated = new double[distinct.Length / Width];
        double sum = 0;
        for (var rank = 0; rank < cumulated.Length; rank++)
        {
            cumulated[rank] = sum += 1.0 / (rank + 1);
        }

        ulong state = 7;
        var rows = new double[count * Width];
        for (var i = 0; i < count; i++)
        {
            var found = Array.BinarySearch(cumulated, Uniform(ref state) * sum);
            var rank = Math.Min(found < 0 ? ~found : found, cumulated.Length - 1);
            distinct.AsSpan(rank * Width, Width).CopyTo(rows.AsSpan(i * Width));
        }

        return rows;
    }

    private static double RefillRate(ReadOnlySpan<double> x) =>
        20 + (180 * Math.Exp(-1.2 * x[1]) * (1 - (0.7 * x[2])) * (0.5 + (0.5 * x[5])))
        + (25 * Math.Sin(2 * Math.PI * x[3] / 24) * (1 - x[2]))
        + (30 * Math.Log(1 + x[0]) / Math.Log(5001) * (0.4 + (0.6 * x[5])))
        - (40 * Math.Pow(x[4] / 1e6, 1.5))
        + (15 * x[2] * Math.Tanh(3 * (x[1] - 1)));

    private static double Uniform(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
