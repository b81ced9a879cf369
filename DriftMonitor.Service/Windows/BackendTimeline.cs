using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>The windows of one backend in order of time: open, closed and waiting for the windows of their label, labelled and gone.</summary>
internal sealed class BackendTimeline
{
    private readonly WindowOptions _options;
    private readonly WindowLabeller _labeller;
    private readonly SortedDictionary<long, BackendWindow> _windows = [];
    private readonly List<ClosedWindow> _closed = [];
    private readonly Dictionary<string, (long Index, double Weight)> _recent = [];

    /// <summary>A timeline without events.</summary>
    public BackendTimeline(string backend, WindowOptions options)
    {
        Backend = backend;
        _options = options;
        _labeller = new(backend, options);
        BaseLatency = new(options.Slo.TotalSeconds);
    }

    /// <summary>Backend, or policy where none.</summary>
    public string Backend { get; }

    /// <summary>The last window whose decisions are final.</summary>
    public long ClosedThrough { get; private set; } = long.MinValue;

    /// <summary>The last window that was labelled and given away.</summary>
    public long LabelledThrough => ClosedThrough == long.MinValue ? long.MinValue : ClosedThrough - _closed.Count;

    /// <summary>The backend's latency without a queue.</summary>
    public BaseLatency BaseLatency { get; }

    /// <summary>What is known of its capacity.</summary>
    public CapacityInterval Known
    {
        get => _labeller.Known;
        set => _labeller.Known = value;
    }

    /// <summary>Windows that are not labelled yet.</summary>
    public IEnumerable<BackendWindow> Windows => _windows.Values;

    /// <summary>Closed windows that wait for those of their label, oldest first.</summary>
    public IReadOnlyList<ClosedWindow> Closed => _closed;

    /// <summary>When each client last asked, and its weight.</summary>
    public IReadOnlyDictionary<string, (long Index, double Weight)> Recent => _recent;

    /// <summary>The window of a moment for a decision; null: it is closed.</summary>
    public BackendWindow? Open(long atUs)
    {
        var index = _options.IndexOf(atUs);
        if (ClosedThrough == long.MinValue)
        {
            // Replicas are not in step: what was decided a little before the first event seen belongs here as well.
            ClosedThrough = index - 1 - (long)Math.Ceiling(_options.Grace / _options.Length);
        }

        return index > ClosedThrough ? At(index) : null;
    }

    /// <summary>Takes in what became of an admission.</summary>
    public void Report(Admission admission, OutcomeEvent outcome)
    {
        var failed = outcome.Class is OutcomeClass.ServerError or OutcomeClass.Timeout or OutcomeClass.Shed;
        admission.Reported = true;
        admission.Window.Reported++;
        admission.Arm.Reported++;
        if (failed)
        {
            admission.Arm.Failures++;
        }
        else
        {
            admission.Arm.Latencies.Add(outcome.LatencyS);
        }

        if (admission.Probe)
        {
            var ok = !failed && outcome.LatencyS <= _options.Slo.TotalSeconds;
            admission.Client.ProbesOk += ok ? 1 : 0;
            admission.Arm.Probes.Report(admission.Propensity, ok);
        }

        // On the Limiter's clock alone: the gateway's may be off.
        var index = _options.IndexOf(admission.DecidedAtUs + (long)(outcome.LatencyS * 1e6));
        if (index > LabelledThrough)
        {
            At(index).Complete(outcome.LatencyS, outcome.Cost > 0 ? outcome.Cost : admission.Cost, failed);
        }
    }

    /// <summary>Closes and labels what the progress of time allows.</summary>
    /// <param name="decisionsUs">No decision before this moment will come.</param>
    /// <param name="outcomesUs">No report made before this moment will come.</param>
    /// <param name="labelled">Receives labelled windows, oldest first.</param>
    /// <param name="forgotten">Receives the windows that are done with.</param>
    public void Advance(long decisionsUs, long outcomesUs, List<LabelledWindow> labelled, List<BackendWindow> forgotten)
    {
        SkipSilence();
        while (_windows.Count > 0 && CanClose(ClosedThrough + 1, decisionsUs, outcomesUs))
        {
            Close(++ClosedThrough);
            if (_closed.Count > WindowOptions.LabelWindows)
            {
                Label(labelled, forgotten);
                SkipSilence();
            }
        }
    }

    /// <summary>Adds a window from a checkpoint.</summary>
    public void Restore(BackendWindow window) => _windows.Add(window.Index, window);

    /// <summary>Adds a client's last request from a checkpoint.</summary>
    public void Restore(string clientId, long index, double weight) => _recent[clientId] = (index, weight);

    /// <summary>Continues after the last labelled window of a checkpoint.</summary>
    public void ContinueAfter(long labelledThrough) => ClosedThrough = labelledThrough;

    /// <summary>Closes the next window again as a checkpoint says; <see cref="Restore(BackendWindow)"/> has added what was in it.</summary>
    public void RestoreClosed(double idleWeight)
    {
        var index = ++ClosedThrough;
        _closed.Add(new(_windows.GetValueOrDefault(index) ?? new BackendWindow(index), _options.Seconds, idleWeight));
    }

    private BackendWindow At(long index)
    {
        if (!_windows.TryGetValue(index, out var window))
        {
            _windows.Add(index, window = new(index));
        }

        return window;
    }

    private bool CanClose(long index, long decisionsUs, long outcomesUs)
    {
        var endUs = (index + 1) * _options.LengthUs;
        if (decisionsUs < endUs + Microseconds(_options.Grace))
        {
            return false;
        }

        return !_windows.TryGetValue(index, out var window)
            || window.Coverage >= _options.Coverage
            || Math.Min(decisionsUs, outcomesUs) >= endUs + Microseconds(_options.Timeout);
    }

    private void Close(long index)
    {
        var window = _windows.GetValueOrDefault(index) ?? new BackendWindow(index);
        foreach (var client in window.Clients.Values)
        {
            _recent[client.ClientId] = (index, client.Weight);
        }

        var activeWindows = (long)Math.Ceiling(_options.ActiveFor / _options.Length);
        var idleWeight = 0.0;
        foreach (var (client, (last, weight)) in _recent)
        {
            if (last <= index - activeWindows)
            {
                _recent.Remove(client);
            }
            else if (last < index)
            {
                idleWeight += weight;
            }
        }

        _closed.Add(new(window, _options.Seconds, idleWeight));
    }

    private void Label(List<LabelledWindow> labelled, List<BackendWindow> forgotten)
    {
        var window = _closed[0].Window;
        BaseLatency.Observe(window.Latencies.Quantile(0.1), window.Completed, _options.Seconds);
        var result = _labeller.Label([.. _closed], BaseLatency.Value);
        _closed.RemoveAt(0);
        if (_windows.Remove(window.Index))
        {
            forgotten.Add(window);
        }

        if (result.Rows.Count > 0)
        {
            labelled.Add(result);
        }
    }

    // After a long silence the next window starts afresh instead of counting through all the empty ones.
    private void SkipSilence()
    {
        if (_windows.Count == 0)
        {
            return;
        }

        var next = _windows.First().Key;
        if (_closed.All(c => c.Window.IsEmpty) && next > ClosedThrough + _options.MaxIdleWindows)
        {
            _closed.Clear();
            _recent.Clear();
            Known = CapacityInterval.Unknown;
            ClosedThrough = next - 1;
        }
    }

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
