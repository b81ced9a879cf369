using System.Net;
using System.Net.Sockets;

namespace RateLimitSuite.Airgap.Broker;

/// <summary>Passes bytes between a fixed port and the broker's own, which is another each time.</summary>
/// <remarks>Only for the first question of a client: the answer names the broker's own port, and the client goes on there.</remarks>
internal sealed class Forwarder : IDisposable
{
    private const int MaxConnections = 1024;

    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly SemaphoreSlim _free = new(MaxConnections);

    public Forwarder(int port, IPEndPoint target)
    {
        _target = target;
        _listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            _listener.Start();
        }
        catch (SocketException e)
        {
            throw new BrokerException($"cannot listen on 127.0.0.1:{port}: {e.Message}", e);
        }
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Serves until stopped. Beyond <see cref="MaxConnections"/>, new clients wait in the system's queue.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await _free.WaitAsync(stopping);
                _ = ForwardAsync(await _listener.AcceptTcpClientAsync(stopping), stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task ForwardAsync(TcpClient client, CancellationToken stopping)
    {
        try
        {
            using var near = client;
            using var far = new TcpClient { NoDelay = true };
            near.NoDelay = true;
            await far.ConnectAsync(_target, stopping);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var there = near.GetStream().CopyToAsync(far.GetStream(), ended.Token);
            var back = far.GetStream().CopyToAsync(near.GetStream(), ended.Token);
            await Task.WhenAny(there, back);
            await ended.CancelAsync();   // One side hung up: so does the other.
            await Task.WhenAll(there, back);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // A client that goes away is no news, and it will connect again if it was not its own wish.
        }
        finally
        {
            _free.Release();
        }
    }
}
