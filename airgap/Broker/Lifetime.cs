using System.Runtime.InteropServices;

namespace RateLimitSuite.Airgap.Broker;

/// <summary>Tells when to stop: on SIGTERM, when the parent dies, when standard input closes; on Ctrl+C only if a person started it.</summary>
/// <remarks>Ctrl+C in a terminal reaches every process in it. A broker that is a child of the AppHost leaves the order of stopping to that.</remarks>
internal sealed class Lifetime : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration _terminated;
    private readonly PosixSignalRegistration _interrupted;
    private readonly ParentWatch _parent;

    public Lifetime()
    {
        Stopping = _stopping.Token;
        _terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        _interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Console.IsInputRedirected ? Ignore : Stop);
        _parent = new ParentWatch(_stopping.Cancel);
        _ = WatchInputAsync();
    }

    public CancellationToken Stopping { get; }

    // The source is not disposed of: input may close at any moment, even now.
    public void Dispose()
    {
        _parent.Dispose();
        _interrupted.Dispose();
        _terminated.Dispose();
    }

    private static void Ignore(PosixSignalContext signal) => signal.Cancel = true;

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;   // Not the runtime's abrupt way: clients see their connections closed.
        _stopping.Cancel();
    }

    private async Task WatchInputAsync()
    {
        var ignored = new byte[256];
        await using var input = Console.OpenStandardInput();
        while (await input.ReadAsync(ignored) > 0)
        {
        }

        await _stopping.CancelAsync();
    }
}
