using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>Joins the decisions and outcomes of one partition into windows per backend. Pure: event time comes with the events.</summary>
/// <remarks>Not thread-safe. Deterministic: the same events in the same order give the same windows, which is what lets a
/// checkpoint and the offsets written with it lose and double nothing.</remarks>
internal sealed class PartitionWindows(WindowOptions options)
{
    // A clock that runs ahead would carry the watermark, and every other event would be late.
    private static readonly long FutureUs = (long)TimeSpan.FromMinutes(1).TotalMicroseconds;

    // Whatever took longer was no request, and its end could not be placed among the windows.
    private static readonly double LatencyMaximum = TimeSpan.FromDays(1).TotalSeconds;

    private readonly Dictionary<string, BackendTimeline> _backends = [];
    private readonly Dictionary<string, (BackendTimeline Timeline, Admission Admission)> _admissions = [];
    private readonly Dictionary<string, OutcomeEvent> _early = [];
    private readonly Queue<string> _earlyOrder = [];
    private int _openDecisions;

    /// <summary>What was taken in and what was not.</summary>
    public EventCounts Counts { get; } = new();

    /// <summary>Greatest event time among decisions, µs.</summary>
    public long DecisionsUs { get; private set; } = long.MinValue;

    /// <summary>Greatest report time among outcomes, µs.</summary>
    public long OutcomesUs { get; private set; } = long.MinValue;

    /// <summary>The backends.</summary>
    public IReadOnlyDictionary<string, BackendTimeline> Backends => _backends;

    /// <summary>Outcomes that wait for their decision, oldest first.</summary>
    public IEnumerable<OutcomeEvent> EarlyOutcomes => _earlyOrder.Distinct().Where(_early.ContainsKey).Select(id => _early[id]);

    /// <summary>A window's admission under a request id; null where a later request took the id over.</summary>
    public Admission? AdmissionOf(string requestId, BackendWindow window) =>
        _admissions.TryGetValue(requestId, out var open) && open.Admission.Window == window ? open.Admission : null;

    /// <summary>Every window that ended by this moment is labelled, µs; <see cref="long.MinValue"/> before the first event.</summary>
    public long LabelledThroughUs => _backends.Values.Where(b => b.Windows.Any())
        .Select(b => (b.LabelledThrough + 1) * options.LengthUs)
        .DefaultIfEmpty(DecisionsUs).Min();

    /// <summary>Takes in a decision.</summary>
    /// <param name="decision">As the Limiter published it.</param>
    /// <param name="schemaHash">Of its features.</param>
    /// <param name="nowUs">The present, to tell a wrong clock.</param>
    public void Add(Decision decision, string schemaHash, long nowUs)
    {
        if (!IsSound(decision, nowUs) || HasNul(schemaHash))
        {
            Counts.Malformed++;
            return;
        }

        DecisionsUs = Math.Max(DecisionsUs, decision.DecidedAtUs);
        if (decision.Cost == 0)
        {
            return;   // It only looked.
        }

        var timeline = TimelineOf(decision);
        if (timeline is null || _openDecisions >= options.MaxOpenDecisions)
        {
            Counts.Dropped++;
            return;
        }

        var window = timeline.Open(decision.DecidedAtUs);
        if (window is null)
        {
            Counts.Late++;
        }
        else if (!window.See(StableHash.Of(decision.RequestId, decision.DecidedAtUs)))
        {
            Counts.Duplicates++;
        }
        else
        {
            Counts.Decisions++;
            _openDecisions++;
            Await(timeline, window.Add(decision, schemaHash, options.GreatestRate), decision.RequestId);
        }
    }

    /// <summary>Takes in an outcome; one that comes before its decision waits for it.</summary>
    /// <param name="outcome">As the Limiter published it.</param>
    /// <param name="nowUs">The present, to tell a wrong clock.</param>
    public void Add(OutcomeEvent outcome, long nowUs)
    {
        var reportedUs = ReportedUs(outcome);
        if (!IsSound(outcome) || reportedUs > nowUs + FutureUs)
        {
            Counts.Malformed++;
            return;
        }

        OutcomesUs = Math.Max(OutcomesUs, reportedUs);
        if (_admissions.TryGetValue(outcome.RequestId, out var open))
        {
            Join(open.Timeline, open.Admission, outcome);
        }
        else if (IsLabelled(outcome.CompletedAtUs - (long)(outcome.LatencyS * 1e6)))
        {
            Counts.Late++;
        }
        else if (_early.TryAdd(outcome.RequestId, outcome))
        {
            _earlyOrder.Enqueue(outcome.RequestId);
            TrimEarly();
        }
        else
        {
            Counts.Duplicates++;
        }
    }

    /// <summary>Says that everything decided and reported up to a moment has been taken in: no event is on its way.</summary>
    public void CaughtUp(long atUs)
    {
        DecisionsUs = Math.Max(DecisionsUs, atUs);
        OutcomesUs = Math.Max(OutcomesUs, atUs);
    }

    /// <summary>Says that no report is on its way which was made before the newest decision.</summary>
    public void OutcomesCaughtUp() => OutcomesUs = Math.Max(OutcomesUs, DecisionsUs);

    /// <summary>Closes and labels what the progress of time allows.</summary>
    public IReadOnlyList<LabelledWindow> Advance()
    {
        var labelled = new List<LabelledWindow>();
        var forgotten = new List<BackendWindow>();
        foreach (var timeline in _backends.Values)
        {
            timeline.Advance(DecisionsUs, OutcomesUs, labelled, forgotten);
        }

        foreach (var window in forgotten)
        {
            _openDecisions -= window.Decisions;
            foreach (var requestId in window.Admissions)
            {
                if (AdmissionOf(requestId, window) is not null)
                {
                    _admissions.Remove(requestId);
                }
            }
        }

        ForgetEarly();
        return labelled;
    }

    /// <summary>Sets the watermarks from a checkpoint.</summary>
    public void Restore(long decisionsUs, long outcomesUs) => (DecisionsUs, OutcomesUs) = (decisionsUs, outcomesUs);

    /// <summary>Adds an outcome that waits for its decision from a checkpoint.</summary>
    public void Restore(OutcomeEvent early)
    {
        _early.Add(early.RequestId, early);
        _earlyOrder.Enqueue(early.RequestId);
    }

    /// <summary>Adds a backend from a checkpoint.</summary>
    public void Restore(BackendTimeline timeline)
    {
        _backends.Add(timeline.Backend, timeline);
        _openDecisions += timeline.Windows.Sum(w => w.Decisions);
    }

    /// <summary>Adds an admission from a checkpoint.</summary>
    public void Restore(BackendTimeline timeline, string requestId, Admission admission) => _admissions.Add(requestId, (timeline, admission));

    private void Await(BackendTimeline timeline, Admission? admission, string requestId)
    {
        if (admission is null)
        {
            return;
        }

        _admissions[requestId] = (timeline, admission);
        if (_early.Remove(requestId, out var outcome))
        {
            Join(timeline, admission, outcome);
        }
    }

    private void Join(BackendTimeline timeline, Admission admission, OutcomeEvent outcome)
    {
        if (admission.Reported)
        {
            Counts.Duplicates++;
            return;
        }

        Counts.Outcomes++;
        timeline.Report(admission, outcome);
    }

    private BackendTimeline? TimelineOf(Decision decision)
    {
        var backend = decision.Backend.Length > 0 ? decision.Backend : decision.Policy;
        if (!_backends.TryGetValue(backend, out var timeline) && _backends.Count < options.MaxBackends)
        {
            _backends.Add(backend, timeline = new(backend, options));
        }

        return timeline;
    }

    private static bool IsSound(Decision decision, long nowUs)
    {
        if (decision.ClientId.Length == 0 || decision.RequestId.Length == 0 || decision.Backend.Length + decision.Policy.Length == 0)
        {
            return false;
        }

        return decision.Cost >= 0 && double.IsFinite(decision.Cost)
            && decision.DecidedAtUs > 0 && decision.DecidedAtUs <= nowUs + FutureUs
            && double.IsFinite(decision.Prediction) && double.IsFinite(decision.BesidePrediction)
            && decision.Features.All(double.IsFinite)
            && !(HasNul(decision.ClientId) || HasNul(decision.Backend) || HasNul(decision.Policy) || HasNul(decision.ModelVersion) || HasNul(decision.BesideVersion));
    }

    // PostgreSQL keeps no such text, and one would keep every row of its transaction from being written.
    private static bool HasNul(string text) => text.Contains('\0');

    private static bool IsSound(OutcomeEvent outcome) =>
        outcome.RequestId.Length > 0 && outcome.CompletedAtUs > 0 && outcome.LatencyS >= 0 && outcome.LatencyS <= LatencyMaximum && double.IsFinite(outcome.Cost);

    // Without the Limiter's own time of the report it is the gateway's of the end.
    private static long ReportedUs(OutcomeEvent outcome) => outcome.ReportedAt is { } at && at.Seconds is >= 0 and < long.MaxValue / 1_000_000
        ? (at.Seconds * 1_000_000) + (at.Nanos / 1000)
        : outcome.CompletedAtUs;

    private bool IsLabelled(long decidedUs)
    {
        var index = options.IndexOf(decidedUs);
        return _backends.Count > 0 && _backends.Values.All(b => index <= b.LabelledThrough);
    }

    private void TrimEarly()
    {
        while (_early.Count > options.MaxEarlyOutcomes)
        {
            if (_early.Remove(_earlyOrder.Dequeue()))
            {
                Counts.Dropped++;
            }
        }
    }

    private void ForgetEarly()
    {
        var throughUs = Math.Min(DecisionsUs, OutcomesUs);
        if (throughUs == long.MinValue)
        {
            return;   // Every decision is still to come.
        }

        var horizon = throughUs - ((options.Timeout.Ticks + (4 * options.Length.Ticks)) / TimeSpan.TicksPerMicrosecond);
        while (_earlyOrder.TryPeek(out var id))
        {
            if (_early.TryGetValue(id, out var outcome))
            {
                if (outcome.CompletedAtUs >= horizon)
                {
                    return;
                }

                _early.Remove(id);
                Counts.Unmatched++;
            }

            _earlyOrder.Dequeue();
        }
    }
}
