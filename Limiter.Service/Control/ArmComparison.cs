namespace RateLimitSuite.Limiter.Control;

/// <summary>What one block of time showed of two groups of clients.</summary>
/// <param name="Governed">Clients that the model governed.</param>
/// <param name="Others">Clients that it did not.</param>
/// <param name="GovernedLoss">Their mean loss, 0..1.</param>
/// <param name="OthersLoss">The others'.</param>
/// <param name="PValue">How likely chance alone makes the governed look as much worse, or more, 0..1; 1 where it cannot be told.</param>
internal readonly record struct ArmComparison(int Governed, int Others, double GovernedLoss, double OthersLoss, double PValue)
{
    private const int Deals = 2_999;
    private const int GroupToDeal = 200;

    /// <summary>Mean loss of the governed less that of the others.</summary>
    public double Difference => GovernedLoss - OthersLoss;

    /// <summary>Whether each group has a client.</summary>
    public bool CanTell => Governed > 0 && Others > 0;

    /// <summary>Compares two groups by a one-sided permutation test.</summary>
    /// <param name="governed">One loss a client.</param>
    /// <param name="others">One loss a client.</param>
    /// <param name="seed">Of the deals: the same losses and seed give the same answer.</param>
    /// <remarks>
    /// The client is what chance dealt to a group, so the client is what the test counts by: the losses are dealt anew to groups of the same
    /// sizes many times over, and the p-value is the share of deals that make the first group look as bad as it did. That holds whatever the
    /// losses' distribution, for few clients and for losses that stay with their client for ever; a test over requests or blocks of time
    /// would take one unlucky client in the smaller group for proof. Where the smaller group is large the deals' normal limit is taken.
    /// </remarks>
    public static ArmComparison Of(ReadOnlySpan<double> governed, ReadOnlySpan<double> others, int seed)
    {
        if (governed.IsEmpty || others.IsEmpty)
        {
            return new(governed.Length, others.Length, Mean(governed), Mean(others), 1);
        }

        double[] all = [.. governed, .. others];
        var pValue = Math.Min(governed.Length, others.Length) <= GroupToDeal
            ? ByDeals(all, governed.Length, seed)
            : ByNormal(all, governed.Length);
        return new(governed.Length, others.Length, Mean(governed), Mean(others), pValue);
    }

    // Only the smaller group is dealt: what it does not get is the other's.
    private static double ByDeals(double[] all, int governed, int seed)
    {
        var total = all.Sum();
        var seen = all.AsSpan(0, governed).ToArray().Sum();
        var governedIsSmaller = governed * 2 <= all.Length;
        var size = governedIsSmaller ? governed : all.Length - governed;
        var random = new Random(seed);
        var asBad = 1;
        var slack = 1e-9 * (1 + Math.Abs(seen));
        for (var deal = 0; deal < Deals; deal++)
        {
            var sum = 0.0;
            for (var i = 0; i < size; i++)
            {
                var pick = random.Next(i, all.Length);
                (all[i], all[pick]) = (all[pick], all[i]);
                sum += all[i];
            }

            asBad += (governedIsSmaller ? sum : total - sum) >= seen - slack ? 1 : 0;
        }

        return asBad / (Deals + 1.0);
    }

    private static double ByNormal(double[] all, int governed)
    {
        var (n, mean) = (all.Length, Mean(all));
        var variance = all.Sum(loss => (loss - mean) * (loss - mean)) / (n - 1);
        var deviation = Math.Sqrt(variance * n / governed / (n - governed));   // of the difference of two dealt groups' means
        var difference = Mean(all.AsSpan(0, governed)) - Mean(all.AsSpan(governed));
        return deviation > 0 ? UpperTail(difference / deviation) : 1;
    }

    // Abramowitz and Stegun 26.2.17; within 7.5e-8.
    private static double UpperTail(double z)
    {
        if (z < 0)
        {
            return 1 - UpperTail(-z);
        }

        var t = 1 / (1 + (0.2316419 * z));
        var series = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * series;
    }

    private static double Mean(ReadOnlySpan<double> losses)
    {
        var sum = 0.0;
        foreach (var loss in losses)
        {
            sum += loss;
        }

        return losses.IsEmpty ? 0 : sum / losses.Length;
    }
}
