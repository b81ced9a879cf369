using Google.Protobuf;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Windows.State;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>Writes a partition's windows down and reads them back, so that they go on exactly as if there had been no restart.</summary>
internal static class PartitionCheckpoint
{
    /// <summary>The windows as bytes.</summary>
    public static byte[] Write(PartitionWindows windows)
    {
        var counts = windows.Counts;
        var state = new PartitionState
        {
            DecisionsUs = windows.DecisionsUs,
            OutcomesUs = windows.OutcomesUs,
            Counts = new()
            {
                Decisions = counts.Decisions,
                Outcomes = counts.Outcomes,
                Late = counts.Late,
                Duplicates = counts.Duplicates,
                Unmatched = counts.Unmatched,
                Dropped = counts.Dropped,
                Malformed = counts.Malformed,
            },
        };
        state.Backends.AddRange(windows.Backends.Values.Select(b => Write(windows, b)));
        state.EarlyOutcomes.AddRange(windows.EarlyOutcomes.Select(o => o.ToByteString()));
        return state.ToByteArray();
    }

    /// <summary>The windows that were written.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no checkpoint.</exception>
    public static PartitionWindows Read(ReadOnlySpan<byte> bytes, WindowOptions options)
    {
        var state = PartitionState.Parser.ParseFrom(bytes);
        var windows = new PartitionWindows(options);
        windows.Restore(state.DecisionsUs, state.OutcomesUs);
        if (state.Counts is { } counts)
        {
            windows.Counts.Decisions = counts.Decisions;
            windows.Counts.Outcomes = counts.Outcomes;
            windows.Counts.Late = counts.Late;
            windows.Counts.Duplicates = counts.Duplicates;
            windows.Counts.Unmatched = counts.Unmatched;
            windows.Counts.Dropped = counts.Dropped;
            windows.Counts.Malformed = counts.Malformed;
        }

        foreach (var backend in state.Backends)
        {
            Read(windows, backend, options);
        }

        foreach (var early in state.EarlyOutcomes)
        {
            windows.Restore(OutcomeEvent.Parser.ParseFrom(early));
        }

        return windows;
    }

    private static BackendState Write(PartitionWindows windows, BackendTimeline timeline)
    {
        var state = new BackendState
        {
            Backend = timeline.Backend,
            LabelledThrough = timeline.LabelledThrough,
            KnownLower = timeline.Known.Lower,
            KnownUpper = timeline.Known.Upper,
            LowestLatency = timeline.BaseLatency.Lowest,
            LatencyOutcomes = timeline.BaseLatency.Outcomes,
        };
        state.ClosedIdleWeights.AddRange(timeline.Closed.Select(c => c.IdleWeight));
        state.Windows.AddRange(timeline.Windows.Select(w => Write(windows, w)));
        state.Recent.AddRange(timeline.Recent.Select(r => new RecentClient { ClientId = r.Key, Index = r.Value.Index, Weight = r.Value.Weight }));
        return state;
    }

    private static void Read(PartitionWindows windows, BackendState state, WindowOptions options)
    {
        var timeline = new BackendTimeline(state.Backend, options) { Known = new(state.KnownLower, state.KnownUpper) };
        timeline.BaseLatency.Restore(state.LowestLatency, state.LatencyOutcomes);
        timeline.ContinueAfter(state.LabelledThrough);
        foreach (var window in state.Windows)
        {
            timeline.Restore(Read(windows, timeline, window));
        }

        foreach (var idleWeight in state.ClosedIdleWeights)
        {
            timeline.RestoreClosed(idleWeight);
        }

        foreach (var recent in state.Recent)
        {
            timeline.Restore(recent.ClientId, recent.Index, recent.Weight);
        }

        windows.Restore(timeline);
    }

    private static WindowState Write(PartitionWindows windows, BackendWindow window)
    {
        var clients = Places(window.Clients.Values);
        var arms = Places(window.Arms.Values);
        var state = new WindowState
        {
            Index = window.Index,
            Admitted = window.Admitted,
            Reported = window.Reported,
            Completed = window.Completed,
            CompletedCost = window.CompletedCost,
            Failed = window.Failed,
            MinimumLatency = window.MinimumLatency,
        };
        state.Latencies.AddRange(window.Latencies.Counts);
        state.Seen.AddRange(window.Seen);
        state.Clients.AddRange(window.Clients.Values.Select(Write));
        state.Arms.AddRange(window.Arms.Select(a => Write(a.Key, a.Value)));
        state.Denied.AddRange(window.Denied.Select(d => new DeniedState { AtUs = d.AtUs, Client = clients[d.Client], Arm = arms[d.Arm], Cost = d.Cost }));
        foreach (var requestId in window.Admissions)
        {
            if (windows.AdmissionOf(requestId, window) is { } open)
            {
                state.Admissions.Add(new AdmissionState
                {
                    RequestId = requestId,
                    Client = clients[open.Client],
                    Arm = arms[open.Arm],
                    DecidedAtUs = open.DecidedAtUs,
                    Cost = open.Cost,
                    Probe = open.Probe,
                    Reported = open.Reported,
                    Propensity = open.Propensity,
                });
            }
        }

        return state;
    }

    private static BackendWindow Read(PartitionWindows windows, BackendTimeline timeline, WindowState state)
    {
        var window = new BackendWindow(state.Index)
        {
            Admitted = state.Admitted,
            Reported = state.Reported,
            Completed = state.Completed,
            CompletedCost = state.CompletedCost,
            Failed = state.Failed,
            MinimumLatency = state.MinimumLatency,
            Latencies = new([.. state.Latencies]),
        };
        foreach (var hash in state.Seen)
        {
            window.See(hash);
        }

        var clients = state.Clients.Select(c => Read(window, c)).ToArray();
        var arms = state.Arms.Select(a => Read(window, a)).ToArray();
        foreach (var denied in state.Denied)
        {
            window.Restore(new DeniedRequest(denied.AtUs, clients[denied.Client], arms[denied.Arm], denied.Cost));
        }

        foreach (var open in state.Admissions)
        {
            window.Restore(open.RequestId);
            windows.Restore(timeline, open.RequestId, new(window, clients[open.Client], arms[open.Arm], open.DecidedAtUs, open.Cost, open.Probe, open.Propensity)
            {
                Reported = open.Reported,
            });
        }

        return window;
    }

    private static ClientState Write(ClientWindow client) => new()
    {
        ClientId = client.ClientId,
        Decisions = client.Decisions,
        Denied = client.Denied,
        FirstTryCost = client.FirstTryCost,
        AdmittedCost = client.AdmittedCost,
        Probes = client.Probes,
        ProbesOk = client.ProbesOk,
        Sample = client.Sample.ToByteString(),
        SchemaHash = client.SchemaHash,
    };

    private static ClientWindow Read(BackendWindow window, ClientState state)
    {
        var client = window.Client(state.ClientId);
        client.Decisions = state.Decisions;
        client.Denied = state.Denied;
        client.FirstTryCost = state.FirstTryCost;
        client.AdmittedCost = state.AdmittedCost;
        client.Probes = state.Probes;
        client.ProbesOk = state.ProbesOk;
        client.Offer(Decision.Parser.ParseFrom(state.Sample), state.SchemaHash);
        return client;
    }

    private static ArmState Write(ArmKey key, ArmCounts arm)
    {
        var state = new ArmState
        {
            Arm = key.Arm,
            ModelVersion = key.ModelVersion,
            Decisions = arm.Decisions,
            Denied = arm.Denied,
            Admitted = arm.Admitted,
            Reported = arm.Reported,
            Failures = arm.Failures,
            Clamped = arm.Clamped,
            ProbesReported = arm.Probes.Reported,
            ProbeWeight = arm.Probes.Weight,
            ProbeReportedWeight = arm.Probes.ReportedWeight,
            ProbeReportedSquares = arm.Probes.ReportedSquares,
            ProbeOkWeight = arm.Probes.OkWeight,
        };
        state.Latencies.AddRange(arm.Latencies.Counts);
        return state;
    }

    private static ArmCounts Read(BackendWindow window, ArmState state)
    {
        var arm = window.Arm(new(state.Arm, state.ModelVersion));
        arm.Decisions = state.Decisions;
        arm.Denied = state.Denied;
        arm.Admitted = state.Admitted;
        arm.Reported = state.Reported;
        arm.Failures = state.Failures;
        arm.Clamped = state.Clamped;
        arm.Probes.Reported = state.ProbesReported;
        arm.Probes.Weight = state.ProbeWeight;
        arm.Probes.ReportedWeight = state.ProbeReportedWeight;
        arm.Probes.ReportedSquares = state.ProbeReportedSquares;
        arm.Probes.OkWeight = state.ProbeOkWeight;
        arm.Latencies.Add(new LatencyHistogram([.. state.Latencies]));
        return arm;
    }

    private static Dictionary<T, int> Places<T>(IEnumerable<T> items) where T : notnull =>
        items.Select((item, place) => KeyValuePair.Create(item, place)).ToDictionary();
}
