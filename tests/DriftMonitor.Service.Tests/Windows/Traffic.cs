using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Windows;

namespace RateLimitSuite.DriftMonitor.Tests.Windows;

/// <summary>Makes decisions and outcomes; time is in seconds since a fixed moment.</summary>
internal static class Traffic
{
    public const string Backend = "api";
    public const string SchemaHash = "schema";
    public static readonly DateTimeOffset Epoch = new(2026, 1, 7, 12, 0, 0, TimeSpan.Zero);

    public static WindowOptions Options { get; } = new()
    {
        Length = TimeSpan.FromSeconds(1),
        Timeout = TimeSpan.FromSeconds(3),
        Grace = TimeSpan.FromSeconds(0.5),
    };

    public static long Us(double second) => ((Epoch - DateTimeOffset.UnixEpoch).Ticks / 10) + (long)Math.Round(second * 1e6);

    public static Decision Decide(double second, string client, string id, bool allowed = true, double? prediction = null) => new Decision
    {
        RequestId = id,
        DecidedAtUs = Us(second),
        ClientId = client,
        Policy = "default",
        Backend = Backend,
        Cost = 1,
        Allowed = allowed,
        Reason = allowed ? DecisionReason.WithinLimit : DecisionReason.BucketEmpty,
        DecidedBy = DecidedBy.Bucket,
        Features = { 1, 0.01, 0, 12, 0, 1 },
        Prediction = prediction ?? 0,
        RefillRate = 7,
        Weight = 1,
        ModelVersion = prediction is null ? "" : "m1",
        Arm = prediction is null ? Arm.None : Arm.Model,
    }.With(d =>
    {
        if (prediction is null)
        {
            d.ClearPrediction();
        }
    });

    public static OutcomeEvent Complete(double second, string id, double latency = 0.01, OutcomeClass @class = OutcomeClass.Ok) => new()
    {
        RequestId = id,
        CompletedAtUs = Us(second),
        LatencyS = latency,
        Class = @class,
        Cost = 1,
    };

    public static Decision With(this Decision decision, Action<Decision> change)
    {
        change(decision);
        return decision;
    }

    /// <summary>Adds a decision as it would arrive.</summary>
    public static void Add(this PartitionWindows windows, Decision decision) => windows.Add(decision, SchemaHash, decision.DecidedAtUs);

    /// <summary>Adds an outcome as it would arrive.</summary>
    public static void Add(this PartitionWindows windows, OutcomeEvent outcome) => windows.Add(outcome, outcome.CompletedAtUs);

    /// <summary>Adds requests of one client, each admitted and completed, evenly over a second.</summary>
    public static void Serve(this PartitionWindows windows, int second, string client, int requests, double? prediction = null, double latency = 0.01)
    {
        for (var i = 0; i < requests; i++)
        {
            var at = second + ((double)i / requests);
            var id = $"{client}-{second}-{i}";
            windows.Add(Decide(at, client, id, prediction: prediction));
            windows.Add(Complete(at + latency, id, latency));
        }
    }

    /// <summary>Lets time pass without events.</summary>
    public static IReadOnlyList<LabelledWindow> PassUntil(this PartitionWindows windows, double second)
    {
        windows.CaughtUp(Us(second));
        return windows.Advance();
    }
}
