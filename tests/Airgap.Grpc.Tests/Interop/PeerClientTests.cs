using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Interop;

/// <summary>The clients of other implementations against our server.</summary>
public sealed class PeerClientTests
{
    private static readonly Lazy<Task<IReadOnlyDictionary<string, string>>> Node = new(() => PeerClientRun.RunAsync(Peer.NodeClient));
    private static readonly Lazy<Task<IReadOnlyDictionary<string, string>>> Python = new(() => PeerClientRun.RunAsync(Peer.PythonClient));

    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task NodeClient_AgainstOwnServer_Passes(string name) => Assert.Equal($"ok {name}", (await Node.Value).GetValueOrDefault(name));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task PythonClient_AgainstOwnServer_Passes(string name) => Assert.Equal($"ok {name}", (await Python.Value).GetValueOrDefault(name));
}
