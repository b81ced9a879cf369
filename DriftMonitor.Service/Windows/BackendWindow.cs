using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>Everything that happened at one backend in one window of event time.</summary>
/// <remarks>Decisions belong to the window they were made in, completions to the window they ended in: the first are what a limiter did,
/// the second what the backend could do.</remarks>
internal sealed class BackendWindow(long index)
{
    private readonly Dictionary<string, ClientWindow> _clients = [];
    private readonly Dictionary<ArmKey, ArmCounts> _arms = [];
    private readonly HashSet<ulong> _seen = [];
    private readonly List<string> _admissions = [];
    private readonly List<DeniedRequest> _denied = [];

    /// <summary>Number of window lengths since the epoch.</summary>
    public long Index { get; } = index;

    /// <summary>Admitted requests.</summary>
    public long Admitted { get; set; }

    /// <summary>Outcomes of them that are known.</summary>
    public long Reported { get; set; }

    /// <summary>Non-failed completions that ended here.</summary>
    public long Completed { get; set; }

    /// <summary>Their cost, tokens.</summary>
    public double CompletedCost { get; set; }

    /// <summary>Failures that ended here.</summary>
    public long Failed { get; set; }

    /// <summary>Smallest latency of a non-failed completion, s.</summary>
    public double MinimumLatency { get; set; } = double.PositiveInfinity;

    /// <summary>Latencies of non-failed completions.</summary>
    public LatencyHistogram Latencies { get; init; } = new();

    /// <summary>Clients that asked.</summary>
    public IReadOnlyDictionary<string, ClientWindow> Clients => _clients;

    /// <summary>What each arm did.</summary>
    public IReadOnlyDictionary<ArmKey, ArmCounts> Arms => _arms;

    /// <summary>Throttled requests that hindsight may judge.</summary>
    public IReadOnlyList<DeniedRequest> Denied => _denied;

    /// <summary>Request ids of admissions, to be forgotten with the window.</summary>
    public IReadOnlyList<string> Admissions => _admissions;

    /// <summary>Hashes of the decisions taken in.</summary>
    public IReadOnlyCollection<ulong> Seen => _seen;

    /// <summary>Decisions taken in.</summary>
    public int Decisions => _seen.Count;

    /// <summary>Share of admissions whose outcome is known; 1 without admissions.</summary>
    public double Coverage => Admitted == 0 ? 1 : (double)Reported / Admitted;

    /// <summary>Whether nothing at all happened.</summary>
    public bool IsEmpty => _seen.Count == 0 && Completed + Failed == 0;

    /// <summary>Marks a decision as seen; false: it had come before.</summary>
    public bool See(ulong hash) => _seen.Add(hash);

    /// <summary>The client's part, made at its first request.</summary>
    public ClientWindow Client(string clientId)
    {
        if (!_clients.TryGetValue(clientId, out var client))
        {
            _clients.Add(clientId, client = new(clientId));
        }

        return client;
    }

    /// <summary>The arm's part, made at its first decision.</summary>
    public ArmCounts Arm(ArmKey key)
    {
        if (!_arms.TryGetValue(key, out var arm))
        {
            _arms.Add(key, arm = new());
        }

        return arm;
    }

    /// <summary>Takes in a decision.</summary>
    /// <param name="decision">One that <see cref="See"/> called new.</param>
    /// <param name="schemaHash">Of its features.</param>
    /// <param name="greatestRate">Upper end of the envelope, tokens/s.</param>
    /// <returns>The admission to wait for; null for a throttled request.</returns>
    public Admission? Add(Decision decision, string schemaHash, double greatestRate)
    {
        var client = Client(decision.ClientId);
        client.Add(decision, schemaHash);
        var arm = Arm(new(decision.Arm.Word(), decision.ModelVersion));
        arm.Decisions++;
        if (decision.HasPrediction && decision.Prediction is not > 0 || decision.Prediction >= greatestRate)
        {
            arm.Clamped++;
        }

        if (decision.BesideVersion.Length > 0 && decision.HasBesidePrediction)
        {
            CountBeside(decision, greatestRate);
        }

        if (decision.Allowed)
        {
            arm.Admitted++;
            Admitted++;
            _admissions.Add(decision.RequestId);
            var propensity = decision.Probe ? decision.Propensity : 0;
            arm.Probes.Admit(propensity);
            return new(this, client, arm, decision.DecidedAtUs, decision.Cost, decision.Probe, propensity);
        }

        arm.Denied++;
        if (IsJudged(decision.Reason))
        {
            _denied.Add(new(decision.DecidedAtUs, client, arm, decision.Cost));
        }

        return null;
    }

    /// <summary>Takes in what ended within this window.</summary>
    public void Complete(double latency, double cost, bool failed)
    {
        if (failed)
        {
            Failed++;
            return;
        }

        Completed++;
        CompletedCost += cost;
        MinimumLatency = Math.Min(MinimumLatency, latency);
        Latencies.Add(latency);
    }

    /// <summary>Adds a throttled request from a checkpoint.</summary>
    public void Restore(DeniedRequest denied) => _denied.Add(denied);

    /// <summary>Adds an admission from a checkpoint.</summary>
    public void Restore(string admission) => _admissions.Add(admission);

    /// <summary>The completions, scaled up for outcomes that were never reported.</summary>
    public WindowCompletions Completions() => new(
        Completed,
        CompletedCost / Math.Max(Coverage, 0.5),
        Failed,
        double.IsFinite(MinimumLatency) ? MinimumLatency : double.NaN,
        _denied.Count > 0);

    /// <summary>Throttled requests in time order.</summary>
    public DeniedRequest[] DeniedInOrder() => [.. _denied.OrderBy(d => d.AtUs)];

    // A list, an override or a cost beyond capacity is somebody's will, not the limiter's error.
    private static bool IsJudged(DecisionReason reason) =>
        reason is DecisionReason.BucketEmpty or DecisionReason.ParentEmpty or DecisionReason.InflightCap;

    private void CountBeside(Decision decision, double greatestRate)
    {
        var beside = Arm(new(ArmKey.Beside, decision.BesideVersion));
        beside.Decisions++;
        if (!(decision.BesidePrediction > 0 && decision.BesidePrediction < greatestRate))
        {
            beside.Clamped++;
        }
    }
}
