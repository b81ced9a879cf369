using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>A window whose decisions are final, laid out for splitting; its completions may still grow until it is labelled.</summary>
internal sealed class ClosedWindow
{
    private readonly double _seconds;

    /// <summary>Lays a window out.</summary>
    /// <param name="window">The window.</param>
    /// <param name="seconds">Its length.</param>
    /// <param name="idleWeight">Σ weight of clients that asked shortly before it, but not in it.</param>
    public ClosedWindow(BackendWindow window, double seconds, double idleWeight)
    {
        Window = window;
        IdleWeight = idleWeight;
        _seconds = seconds;
        Demands = new double[window.Clients.Count];
        Weights = new double[window.Clients.Count];
        var i = 0;
        foreach (var client in window.Clients.Values)
        {
            Demands[i] = client.Load.Demand / seconds;
            Weights[i++] = client.Weight;
        }
    }

    /// <summary>The window.</summary>
    public BackendWindow Window { get; }

    /// <summary>Tokens/s per client, in the window's order.</summary>
    public double[] Demands { get; }

    /// <summary>Weight per client, in the window's order.</summary>
    public double[] Weights { get; }

    /// <summary>Σ weight of clients that asked shortly before the window, but not in it.</summary>
    public double IdleWeight { get; }

    /// <summary>What the window alone says about the capacity.</summary>
    public CapacityEvidence Evidence(double baseLatency) => CapacityEvidence.Of(Window.Completions(), _seconds, baseLatency);

    /// <summary>How a capacity would have been shared.</summary>
    public WindowSplit Split(CapacityInterval capacity) => WindowSplit.Of(Demands, Weights, IdleWeight, capacity);

    /// <summary>A client's demand, tokens/s; 0 where it stayed away.</summary>
    public double DemandOf(string clientId) =>
        Window.Clients.TryGetValue(clientId, out var client) ? client.Load.Demand / _seconds : 0;
}
