using Grpc.Net.Client;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Interop;

/// <summary>Our client against the servers of other implementations.</summary>
public abstract class PeerServerTests : IAsyncLifetime
{
    private PeerServer _server = null!;

    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    private protected abstract Peer Peer { get; }

    public async Task InitializeAsync() => _server = await PeerServer.StartAsync(Peer);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task OwnClient_AgainstPeerServer_Passes(string name)
    {
        using var channel = GrpcChannel.ForAddress(_server.Address);
        // These libraries hide from handlers whether a request was compressed: here it need only be understood.
        await InteropCases.All[name](new InteropCases(channel, serverSeesCompression: false)).WaitAsync(TimeSpan.FromSeconds(60));
    }
}

public sealed class NodeServerTests : PeerServerTests
{
    private protected override Peer Peer => Peer.NodeServer;
}

public sealed class PythonServerTests : PeerServerTests
{
    private protected override Peer Peer => Peer.PythonServer;
}
