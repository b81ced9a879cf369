using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RateLimitSuite.Airgap.GrpcTests.Servers;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace RateLimitSuite.Airgap.GrpcTests.Server;

public sealed class HealthTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Switch _database = new();
    private KestrelServer _server = null!;
    private Health.HealthClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await KestrelServer.StartAsync(
            app => app.MapGrpcHealthChecksService(),
            services =>
            {
                services.AddGrpcHealthChecks(options => options.Services.Map("data", check => check.Tags.Contains("data")))
                    .AddCheck("self", () => HealthCheckResult.Healthy())
                    .AddCheck("database", _database, tags: ["data"]);
                services.Configure<HealthCheckPublisherOptions>(options =>
                {
                    options.Delay = TimeSpan.Zero;
                    options.Period = TimeSpan.FromSeconds(1);
                });
            });
        _client = new Health.HealthClient(GrpcChannel.ForAddress(_server.Address));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Check_AllHealthy_IsServing()
    {
        Assert.Equal(ServingStatus.Serving, (await _client.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(ServingStatus.Serving, (await _client.CheckAsync(new HealthCheckRequest { Service = "data" })).Status);
    }

    [Fact]
    public async Task Check_OneUnhealthy_IsNotServing()
    {
        _database.Healthy = false;
        Assert.Equal(ServingStatus.NotServing, (await _client.CheckAsync(new HealthCheckRequest { Service = "data" })).Status);
        Assert.Equal(ServingStatus.NotServing, (await _client.CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact]
    public async Task Check_UnknownService_IsNotFound()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _client.CheckAsync(new HealthCheckRequest { Service = "nothing" }));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
    }

    [Fact]
    public async Task Watch_UnknownService_SaysSoAndStaysOpen()
    {
        using var call = _client.Watch(new HealthCheckRequest { Service = "nothing" });
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
        Assert.False(call.ResponseStream.MoveNext(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Watch_StatusChanges_TellsEachChange()
    {
        using var call = _client.Watch(new HealthCheckRequest { Service = "data" });
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));
        _database.Healthy = false;
        Assert.Equal(ServingStatus.NotServing, await NextOtherAsync(call, ServingStatus.Serving));
        _database.Healthy = true;
        Assert.Equal(ServingStatus.Serving, await NextOtherAsync(call, ServingStatus.NotServing));
    }

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(Patience));
        return call.ResponseStream.Current.Status;
    }

    // The first report may repeat what the watch began with.
    private static async Task<ServingStatus> NextOtherAsync(AsyncServerStreamingCall<HealthCheckResponse> call, ServingStatus known)
    {
        var status = known;
        while (status == known)
        {
            status = await NextAsync(call);
        }

        return status;
    }

    private sealed class Switch : IHealthCheck
    {
        public volatile bool Healthy = true;

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(Healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }
}
