namespace RateLimitSuite.Trainer.Promotion;

/// <summary>Whether a share is greater in one arm than in another, by a permutation test of blocks of time.</summary>
/// <remarks>Decisions of the same second share a client, a burst, a queue and a backend, so a test that takes them for independent finds
/// a difference between any two arms or intervals: one burst of one client can be a fifth of a canary's decisions. If there is no
/// difference, blocks of both are exchangeable: that is all this test asks.
/// One-sided at 0.01; with fewer blocks than can say that, it says no. See Good, Permutation, Parametric and Bootstrap Tests of Hypotheses (2005).</remarks>
internal static class BlockTest
{
    private const double Level = 0.01;
    private const int Draws = 2_000;
    private const int Seed = 1;

    /// <summary>Whether the ratio of sums is surely greater in the first blocks.</summary>
    /// <param name="first">Count and what it is a share of, for each block.</param>
    /// <param name="second">The same of the others.</param>
    public static bool IsGreater(IReadOnlyList<(double Count, double Total)> first, IReadOnlyList<(double Count, double Total)> second)
    {
        (double Count, double Total)[] all = [.. first, .. second];
        var observed = Difference(all, first.Count);
        if (!(observed > 0))
        {
            return false;
        }

#pragma warning disable CA5394 // Seeded on purpose: the same evidence must give the same verdict.
        var random = new Random(Seed);
        var asGreat = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            random.Shuffle(all);
            asGreat += Difference(all, first.Count) >= observed ? 1 : 0;
        }
#pragma warning restore CA5394

        return (asGreat + 1.0) / (Draws + 1) <= Level;
    }

    private static double Difference(ReadOnlySpan<(double Count, double Total)> blocks, int first) => Ratio(blocks[..first]) - Ratio(blocks[first..]);

    private static double Ratio(ReadOnlySpan<(double Count, double Total)> blocks)
    {
        double count = 0, total = 0;
        foreach (var block in blocks)
        {
            count += block.Count;
            total += block.Total;
        }

        return total > 0 ? count / total : 0;
    }
}
