using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>Labels a window from the three that followed it.</summary>
/// <remarks>A row's features lie strictly before the windows of its label, so that nothing leaks from one into the other.</remarks>
internal sealed class WindowLabeller(string backend, WindowOptions options)
{
    private readonly CapacitySmoother _smoother = new(options.Seconds);

    /// <summary>What is known of the capacity after the last labelled window.</summary>
    public CapacityInterval Known { get; set; } = CapacityInterval.Unknown;

    /// <summary>Labels the first of the windows.</summary>
    /// <param name="windows">The window and the <see cref="WindowOptions.LabelWindows"/> after it.</param>
    /// <param name="baseLatency">The backend's, s; NaN while unknown.</param>
    public LabelledWindow Label(ReadOnlySpan<ClosedWindow> windows, double baseLatency)
    {
        var evidence = new CapacityEvidence[windows.Length];
        var capacity = new CapacityInterval[windows.Length];
        for (var i = 0; i < windows.Length; i++)
        {
            evidence[i] = windows[i].Evidence(baseLatency);
        }

        _smoother.Smooth(Known, evidence, capacity);
        Known = _smoother.Step(Known, evidence[0]);

        var window = windows[0].Window;
        var observed = IsObserved(windows) && capacity.All(c => c.IsKnown);
        var hindsight = observed ? Judge(windows[0], evidence[0], capacity[0], baseLatency) : [];
        var limited = evidence.Skip(1).Any(e => e.Limited || e.Congested);
        var labels = observed ? LabelsOf(windows, capacity) : [];
        var start = DateTimeOffset.UnixEpoch.AddTicks(window.Index * options.Length.Ticks);
        var rows = new List<MetricRow>(window.Clients.Count);
        foreach (var client in window.Clients.Values)
        {
            var judged = hindsight.GetValueOrDefault(client);
            RefillLabel? label = labels.TryGetValue(client, out var found) ? found : null;
            rows.Add(new(start, client.Sample, client.SchemaHash, backend, label, limited)
            {
                Decisions = client.Decisions,
                Denied = client.Denied,
                WronglyThrottled = judged.Wrong,
                OverAdmitted = judged.Over,
                Probes = client.Probes,
                ProbesOk = client.ProbesOk,
            });
            CountError(window, client, label);
        }

        return new(backend, start, start + options.Length, rows, window.Arms, window.Admitted, window.Reported, capacity[0], evidence[0].Congested)
        {
            Headroom = observed ? HeadroomOf(window, capacity[0]) : 0,
        };
    }

    private double HeadroomOf(BackendWindow window, CapacityInterval capacity)
    {
        var (asked, admitted, decisions) = (0.0, 0.0, 0L);
        foreach (var client in window.Clients.Values)
        {
            asked += client.Load.Demand;
            admitted += client.AdmittedCost;
            decisions += client.Decisions;
        }

        return asked > 0 ? Math.Max(0, (capacity.Upper * options.Seconds) - admitted) / (asked / decisions) : 0;
    }

    private bool IsObserved(ReadOnlySpan<ClosedWindow> windows)
    {
        var admitted = 0L;
        var reported = 0L;
        foreach (var closed in windows)
        {
            admitted += closed.Window.Admitted;
            reported += closed.Window.Reported;
        }

        return admitted == 0 || reported >= options.LeastCoverage * admitted;
    }

    private Dictionary<ClientWindow, RefillLabel> LabelsOf(ReadOnlySpan<ClosedWindow> windows, ReadOnlySpan<CapacityInterval> capacity)
    {
        var labels = new Dictionary<ClientWindow, RefillLabel>(windows[0].Window.Clients.Count);
        var activeWindows = options.ActiveFor / options.Length;
        var share = 1.0 / (windows.Length - 1);
        for (var ahead = 1; ahead < windows.Length; ahead++)
        {
            var split = windows[ahead].Split(capacity[ahead]);
            foreach (var client in windows[0].Window.Clients.Values)
            {
                var demand = windows[ahead].DemandOf(client.ClientId);
                var one = split.LabelFor(demand, client.Weight, demand > 0 || ahead < activeWindows, options.GreatestRate);
                var sum = labels.GetValueOrDefault(client);
                labels[client] = new(
                    sum.Rate + (share * one.Rate),
                    sum.Lower + (share * one.Lower),
                    sum.Upper + (share * one.Upper),
                    sum.Quality + (share * one.Quality));
            }
        }

        return labels;
    }

    private Dictionary<ClientWindow, Hindsight> Judge(ClosedWindow closed, in CapacityEvidence evidence, CapacityInterval capacity, double baseLatency)
    {
        var window = closed.Window;
        var clients = window.Clients.Values.ToArray();
        var places = new Dictionary<ClientWindow, int>(clients.Length);
        var loads = new ClientLoad[clients.Length];
        for (var i = 0; i < clients.Length; i++)
        {
            places.Add(clients[i], i);
            loads[i] = clients[i].Load;
        }

        var denied = window.DeniedInOrder();
        var denials = Array.ConvertAll(denied, d => new Denial(places[d.Client], d.Cost));
        var wrong = new bool[denials.Length];
        var queue = evidence.Congested && window.MinimumLatency > baseLatency
            ? (window.MinimumLatency - baseLatency) * window.CompletedCost / options.Seconds
            : 0;
        HindsightThrottles.Judge((capacity.Lower * options.Seconds) - queue, loads, denials, wrong);
        var over = new double[clients.Length];
        HindsightThrottles.OverAdmitted(capacity.Upper * options.Seconds, loads, over);

        var hindsight = new Dictionary<ClientWindow, Hindsight>(clients.Length);
        for (var i = 0; i < wrong.Length; i++)
        {
            if (wrong[i])
            {
                denied[i].Arm.WronglyThrottled++;
                hindsight[denied[i].Client] = hindsight.GetValueOrDefault(denied[i].Client).AddWrong();
            }
        }

        for (var i = 0; i < over.Length; i++)
        {
            if (over[i] > 0)
            {
                // Counted in requests, as everything else that is compared with decisions.
                var client = clients[i];
                var requests = over[i] / (client.AdmittedCost / (client.Decisions - client.Denied));
                hindsight[client] = hindsight.GetValueOrDefault(client) with { Over = requests };
                window.Arm(KeyOf(client)).OverAdmitted += requests;
            }
        }

        return hindsight;
    }

    private static void CountError(BackendWindow window, ClientWindow client, RefillLabel? label)
    {
        if (label is not { } y)
        {
            return;
        }

        var sample = client.Sample;
        if (sample.HasPrediction)
        {
            window.Arm(KeyOf(client)).Error.Add(sample.Prediction, y.Rate, y.Lower, y.Upper, y.Quality);
        }

        if (sample.BesideVersion.Length > 0 && sample.HasBesidePrediction)
        {
            window.Arm(new(ArmKey.Beside, sample.BesideVersion)).Error.Add(sample.BesidePrediction, y.Rate, y.Lower, y.Upper, y.Quality);
        }
    }

    private static ArmKey KeyOf(ClientWindow client) => new(client.Sample.Arm.Word(), client.Sample.ModelVersion);

    private readonly record struct Hindsight(long Wrong, double Over)
    {
        public Hindsight AddWrong() => this with { Wrong = Wrong + 1 };
    }
}
