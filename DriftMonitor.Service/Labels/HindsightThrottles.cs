namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>Judges one window's denials: which of them the backend could have served after all.</summary>
/// <remarks>Denials are judged in time order and jointly: each must fit what its client's fair share has left and what the backend's
/// sure capacity has left, so that one slack token is not counted for every denial that wanted it.</remarks>
internal static class HindsightThrottles
{
    /// <summary>Marks the wrong denials.</summary>
    /// <param name="sureCost">Tokens that the backend could surely have served in the window, less its standing queue.</param>
    /// <param name="clients">Each client's tokens asked for and admitted, and its weight.</param>
    /// <param name="denials">In time order.</param>
    /// <param name="wrong">Receives one flag per denial.</param>
    public static void Judge(double sureCost, ReadOnlySpan<ClientLoad> clients, ReadOnlySpan<Denial> denials, Span<bool> wrong)
    {
        wrong[..denials.Length].Clear();
        if (denials.Length == 0)
        {
            return;
        }

        var demands = new double[clients.Length];
        var weights = new double[clients.Length];
        var left = sureCost;
        for (var i = 0; i < clients.Length; i++)
        {
            demands[i] = clients[i].Demand;
            weights[i] = clients[i].Weight;
            left -= clients[i].Admitted;
        }

        var level = WaterFill.Level(demands, weights, sureCost);
        var budgets = new double[clients.Length];
        for (var i = 0; i < clients.Length; i++)
        {
            budgets[i] = Math.Min(demands[i], level * weights[i]) - clients[i].Admitted;
        }

        // A share computed from sums may miss a whole request by one rounding.
        const double Slack = 1e-9;
        for (var i = 0; i < denials.Length; i++)
        {
            var (client, cost) = denials[i];
            if (cost <= budgets[client] + Slack && cost <= left + Slack)
            {
                budgets[client] -= cost;
                left -= cost;
                wrong[i] = true;
            }
        }
    }

    /// <summary>Tokens admitted beyond what the backend can at most have served, charged to those over their fair share.</summary>
    /// <param name="greatestCost">The most that the backend can have served in the window, tokens.</param>
    /// <param name="clients">Each client's tokens asked for and admitted, and its weight.</param>
    /// <param name="over">Receives each client's part, tokens.</param>
    public static void OverAdmitted(double greatestCost, ReadOnlySpan<ClientLoad> clients, Span<double> over)
    {
        over[..clients.Length].Clear();
        var demands = new double[clients.Length];
        var weights = new double[clients.Length];
        var admitted = 0.0;
        for (var i = 0; i < clients.Length; i++)
        {
            demands[i] = clients[i].Demand;
            weights[i] = clients[i].Weight;
            admitted += clients[i].Admitted;
        }

        var excess = admitted - greatestCost;
        if (excess <= 0)
        {
            return;
        }

        var level = WaterFill.Level(demands, weights, greatestCost);
        var overShare = 0.0;
        for (var i = 0; i < clients.Length; i++)
        {
            over[i] = Math.Max(0, clients[i].Admitted - Math.Min(demands[i], level * weights[i]));
            overShare += over[i];
        }

        for (var i = 0; i < clients.Length && overShare > 0; i++)
        {
            over[i] *= excess / overShare;
        }
    }
}
