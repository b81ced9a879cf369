using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Orchestration;

/// <summary>One port in front of several replicas: connections go round among them. For a laptop, not for load.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int ConnectionsMax = 1_024;

    private readonly IReadOnlyList<int> _targets;
    private readonly TcpListener _listener;
    private readonly SemaphoreSlim _free = new(ConnectionsMax);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _next;

    private TcpProxy(int port, IReadOnlyList<int> targets)
    {
        _targets = targets;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public static TcpProxy Start(int port, IReadOnlyList<int> targets) => new(port, targets);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _free.WaitAsync(_stop.Token);
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private async Task ServeAsync(TcpClient caller)
    {
        using (caller)
        {
            try
            {
                using var target = await ConnectAsync();
                await RelayAsync(caller.GetStream(), target.GetStream());
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // Either side went away: closing both tells the other.
            }
            finally
            {
                _free.Release();
            }
        }
    }

    // A replica that is just restarting refuses; another one will do.
    private async Task<TcpClient> ConnectAsync()
    {
        for (var tries = 1; ; tries++)
        {
            var port = _targets[(int)((uint)Interlocked.Increment(ref _next) % (uint)_targets.Count)];
            var target = new TcpClient { NoDelay = true };
            try
            {
                await target.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
                return target;
            }
            catch (SocketException) when (tries < _targets.Count)
            {
                target.Dispose();
            }
        }
    }

    private async Task RelayAsync(NetworkStream caller, NetworkStream target)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var up = caller.CopyToAsync(target, ended.Token);
        var down = target.CopyToAsync(caller, ended.Token);
        await Task.WhenAny(up, down);
        await ended.CancelAsync();
        await Task.WhenAll(up, down);
    }
}
