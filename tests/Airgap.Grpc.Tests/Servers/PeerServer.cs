using System.Diagnostics;

namespace RateLimitSuite.Airgap.GrpcTests.Servers;

/// <summary>A running server of another implementation. Ends when its standard input does, so that it cannot outlive the tests.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private PeerServer(Process process, string port)
    {
        _process = process;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri Address { get; }

    public static async Task<PeerServer> StartAsync(Peer peer)
    {
        var process = peer.Start();
        var port = await process.StandardOutput.ReadLineAsync().WaitAsync(StartTimeout);
        return new PeerServer(process, port ?? throw new InvalidOperationException($"{peer.Program} ended before it listened."));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
