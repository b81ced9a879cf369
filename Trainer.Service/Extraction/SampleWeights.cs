namespace RateLimitSuite.Trainer.Extraction;

/// <summary>How much each row teaches: its label's quality, less where nothing was limited, more where its treatment was rare.</summary>
internal static class SampleWeights
{
    private const double UnlimitedFactor = 0.25;
    private const double InversePropensityMaximum = 10;
    private const double ClientShareFloor = 0.01;
    private const double EqualShares = 5;

    // What held before a change still tells how clients differ, but many old rows must not outvote few new ones.
    private const double StaleShare = 0.25;

    /// <summary>The weights of rows 0..<paramref name="count"/>-1, with no client over max(1 %, 5 × an equal share) of their sum.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="count">How many of them, from the first.</param>
    /// <param name="change">From which row on they tell what holds now: all before it have a quarter of the say together. 0: all of them do.</param>
    /// <remarks>The cap is what stops a client that floods the table from writing the model: its rows stay, with less say.</remarks>
    public static SampleWeighting Of(MetricsRows rows, int count, int change = 0)
    {
        var weights = new double[count];
        var byClient = new double[rows.Clients.Count];
        for (var row = 0; row < count; row++)
        {
            weights[row] = Uncapped(rows, row);
        }

        Lighten(weights.AsSpan(0, Math.Min(change, count)), weights.AsSpan(Math.Min(change, count)));
        for (var row = 0; row < count; row++)
        {
            byClient[rows.Client[row]] += weights[row];
        }

        var clients = byClient.Count(weight => weight > 0);
        var share = clients == 0 ? 1 : Math.Min(1, Math.Max(ClientShareFloor, EqualShares / clients));
        var limit = WeightLimit(byClient, share);
        for (var row = 0; row < count; row++)
        {
            var total = byClient[rows.Client[row]];
            weights[row] *= total > limit ? limit / total : 1;
        }

        return new(weights, share, byClient.Count(weight => weight > limit), byClient.Length == 0 ? 0 : byClient.Max() / Math.Max(double.Epsilon, byClient.Sum()));
    }

    private static void Lighten(Span<double> stale, ReadOnlySpan<double> fresh)
    {
        double old = 0, present = 0;
        foreach (var weight in stale)
        {
            old += weight;
        }

        foreach (var weight in fresh)
        {
            present += weight;
        }

        var most = present * StaleShare / (1 - StaleShare);
        for (var row = 0; row < stale.Length && old > most && present > 0; row++)
        {
            stale[row] *= most / old;
        }
    }

    private static double Uncapped(MetricsRows rows, int row)
    {
        var rarity = rows.Propensity[row] > 0 ? Math.Min(InversePropensityMaximum, 1 / rows.Propensity[row]) : 1;
        return rows.Quality[row] * (rows.Limited[row] ? 1 : UnlimitedFactor) * rarity;
    }

    // Capping lowers the sum that the share is of. With k clients at the limit and `rest` below it,
    // limit = share · (k · limit + rest), so limit = share · rest / (1 − k · share).
    private static double WeightLimit(double[] byClient, double share)
    {
        if (share >= 1)
        {
            return double.PositiveInfinity;
        }

        var heaviestFirst = byClient.OrderDescending().ToArray();
        var rest = heaviestFirst.Sum();
        var limit = share * rest;
        for (var capped = 0; capped < heaviestFirst.Length && heaviestFirst[capped] > limit && (capped + 1) * share < 1; capped++)
        {
            rest -= heaviestFirst[capped];
            limit = share * rest / (1 - (capped + 1) * share);
        }

        return limit;
    }
}
