using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Orchestration;

namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class TcpProxyTests
{
    [Fact]
    public async Task Connect_Twice_ReachesBothReplicas()
    {
        using var one = Replica();
        using var two = Replica();
        var port = new LoopbackPorts().Next();
        await using var proxy = TcpProxy.Start(port, [PortOf(one), PortOf(two)]);

        var answers = new[] { await AskAsync(port, one, two), await AskAsync(port, one, two) };

        Assert.Equal(["one", "two"], answers.Order());
    }

    [Fact]
    public async Task Connect_OneReplicaDown_ReachesTheOther()
    {
        using var up = Replica();
        var ports = new LoopbackPorts();
        var port = ports.Next();
        await using var proxy = TcpProxy.Start(port, [ports.Next(), PortOf(up)]);

        Assert.Equal("one", await AskAsync(port, up, up));
        Assert.Equal("one", await AskAsync(port, up, up));
    }

    private static TcpListener Replica()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    // Whichever replica gets the connection writes its name.
    private static async Task<string> AskAsync(int port, TcpListener one, TcpListener two)
    {
        using var caller = new TcpClient();
        await caller.ConnectAsync(IPAddress.Loopback, port);
        using var patience = new CancellationTokenSource(RunningApp.Patience);
        while (true)
        {
            foreach (var (listener, name) in new[] { (one, "one"), (two, "two") })
            {
                if (listener.Pending())
                {
                    using (var accepted = await listener.AcceptTcpClientAsync(patience.Token))
                    {
                        await accepted.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(name), patience.Token);
                    }

                    using var reader = new StreamReader(caller.GetStream());
                    return await reader.ReadToEndAsync(patience.Token);
                }
            }

            await Task.Delay(5, patience.Token);
        }
    }
}
