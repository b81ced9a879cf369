using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Gates.Replay;

/// <summary>What clients asked for in the newest recorded windows and what the backend could do, as hindsight knows it.</summary>
/// <remarks>
/// A row's label says the capacity: where nobody was held back it is a client's demand and its part of what was left over, so the labels'
/// sum is the capacity; where somebody was it is the water level, so the demands up to it are. A request counts as one token: rows keep
/// no costs. One policy's clients share a backend here; of several policies the one with the most rows is replayed.
/// Traffic over the budget is thinned, demands, capacity and predictions alike; of more clients than can be split in seconds those who
/// ask for most are replayed, with their part of the capacity.
/// </remarks>
internal sealed class RecordedTraffic
{
    private const int ClientsMost = 200;

    private RecordedTraffic(IReadOnlyList<RecordedWindow> windows, int clients, double seconds, double scale) =>
        (Windows, Clients, WindowSeconds, Scale) = (windows, clients, seconds, scale);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<RecordedWindow> Windows { get; }

    /// <summary>How many clients there are; they are numbered from 0.</summary>
    public int Clients { get; }

    /// <summary>Length of a window, s.</summary>
    public double WindowSeconds { get; }

    /// <summary>Factor on every rate, at most 1.</summary>
    public double Scale { get; }

    /// <summary>Takes the newest windows of the hold-out.</summary>
    /// <param name="rows">Recorded rows.</param>
    /// <param name="from">First row of the hold-out.</param>
    /// <param name="window">Length of a window.</param>
    /// <param name="windowsMost">Windows at most.</param>
    /// <param name="requestsMost">Requests at most, beyond which traffic is thinned.</param>
    public static RecordedTraffic Of(MetricsRows rows, int from, TimeSpan window, int windowsMost, double requestsMost)
    {
        var seconds = window.TotalSeconds;
        var members = Enumerable.Range(from, rows.Count - from).GroupBy(row => rows.Policy[row]).MaxBy(group => group.Count())?.ToList() ?? [];
        var numbers = members.GroupBy(row => rows.Client[row])
            .OrderByDescending(client => client.Sum(row => rows.Decisions[row]))
            .Take(ClientsMost)
            .Select((client, number) => (client.Key, number))
            .ToDictionary();
        var windows = members.Where(row => numbers.ContainsKey(rows.Client[row]))
            .GroupBy(row => rows.Timestamp[row])
            .TakeLast(windowsMost)
            .Select(group => WindowOf(rows, [.. group], seconds, numbers))
            .ToList();
        var requests = windows.Sum(w => w.Demands.Sum() * seconds);
        return new(windows, numbers.Count, seconds, requests > requestsMost ? requestsMost / requests : 1);
    }

    private static RecordedWindow WindowOf(MetricsRows rows, int[] members, double seconds, Dictionary<int, int> numbers)
    {
        var demands = Array.ConvertAll(members, row => rows.Decisions[row] / seconds);
        double labels = 0, served = 0;
        var constrained = false;
        for (var i = 0; i < members.Length; i++)
        {
            var label = rows.Label[members[i]];
            labels += label;
            served += Math.Min(demands[i], label);
            constrained |= label < demands[i];
        }

        return new(members, Array.ConvertAll(members, row => numbers[rows.Client[row]]), demands, Math.Max(constrained ? served : labels, 1e-3));
    }
}
