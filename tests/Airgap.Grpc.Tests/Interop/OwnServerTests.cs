using Grpc.Net.Client;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Interop;

public sealed class OwnServerTests : IAsyncLifetime
{
    private KestrelServer _server = null!;

    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    public async Task InitializeAsync() => _server = await KestrelServer.StartInteropAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task OwnClient_AgainstOwnServer_Passes(string name)
    {
        using var channel = GrpcChannel.ForAddress(_server.Address);
        await InteropCases.All[name](new InteropCases(channel)).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
