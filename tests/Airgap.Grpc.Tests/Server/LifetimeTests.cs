using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Airgap.GrpcTests.Interop;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Server;

/// <summary>Which instance serves a call.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public async Task Call_SingletonService_UsesTheInstanceAsItIs()
    {
        var tally = new Tally();
        await using var server = await StartAsync(services => services.AddSingleton(tally).AddSingleton<CountedService>());
        await CallTwiceAsync(server);
        Assert.Equal((1, 0), (tally.Made, tally.Disposed));
    }

    [Theory]
    [InlineData(ServiceLifetime.Scoped)]
    [InlineData(ServiceLifetime.Transient)]
    public async Task Call_RegisteredService_IsMadeAndDisposedForEachCall(ServiceLifetime lifetime)
    {
        var tally = new Tally();
        await using (var server = await StartAsync(services => services
            .AddSingleton(tally).Add(new ServiceDescriptor(typeof(CountedService), typeof(CountedService), lifetime))))
        {
            await CallTwiceAsync(server);
        }

        Assert.Equal((2, 2), (tally.Made, tally.Disposed));
    }

    [Fact]
    public async Task Call_UnregisteredService_IsMadeAndDisposedForEachCall()
    {
        var tally = new Tally();
        await using (var server = await StartAsync(services => services.AddSingleton(tally)))
        {
            await CallTwiceAsync(server);
        }

        Assert.Equal((2, 2), (tally.Made, tally.Disposed));
    }

    private static Task<KestrelServer> StartAsync(Action<IServiceCollection> configure) =>
        KestrelServer.StartAsync(app => app.MapGrpcService<CountedService>(), configure);

    private static async Task CallTwiceAsync(KestrelServer server)
    {
        var client = server.CreateClient();
        await client.EmptyCallAsync(new Empty());
        await client.EmptyCallAsync(new Empty());
    }

    private sealed class Tally
    {
        public int Made { get; set; }

        public int Disposed { get; set; }
    }

    private sealed class CountedService : TestService.TestServiceBase, IDisposable
    {
        private readonly Tally _tally;

        public CountedService(Tally tally)
        {
            _tally = tally;
            _tally.Made++;
        }

        public override Task<Empty> EmptyCall(Empty request, ServerCallContext context) => Task.FromResult(request);

        public void Dispose() => _tally.Disposed++;
    }
}
