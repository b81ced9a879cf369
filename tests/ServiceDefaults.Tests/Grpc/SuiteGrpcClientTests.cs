using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.ServiceDefaults.Tests.Grpc;

public sealed class SuiteGrpcClientTests
{
    [Fact]
    public async Task Call_OfAService_IsFoundByNameAndLetInByItsToken()
    {
        await using var limiter = await StartLimiterAsync();
        using var caller = CreateCaller(limiter);

        using var call = Client(caller).RemoveOverrideAsync(new RemoveOverrideRequest());
        await call;

        Assert.Equal("Caller", call.GetTrailers().GetValue("user"));
    }

    [Fact]
    public async Task Call_ForAPerson_KeepsThePersonsToken()
    {
        await using var limiter = await StartLimiterAsync();
        using var caller = CreateCaller(limiter);
        var token = caller.Services.GetRequiredService<SuiteTokens>().Issue("ada", SuiteRoles.Operator);

        using var call = Client(caller).RemoveOverrideAsync(new RemoveOverrideRequest(), new Metadata { { "authorization", $"Bearer {token}" } });
        await call;

        Assert.Equal("ada", call.GetTrailers().GetValue("user"));
    }

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated)]
    [InlineData(SuiteRoles.Viewer, StatusCode.PermissionDenied)]
    public async Task Call_WithoutTheRole_IsRefused(string? role, StatusCode expected)
    {
        await using var limiter = await StartLimiterAsync();
        using var caller = CreateCaller(limiter, asService: false);
        var headers = new Metadata();
        if (role is not null)
        {
            headers.Add("authorization", $"Bearer {caller.Services.GetRequiredService<SuiteTokens>().Issue("ada", role)}");
        }

        var error = await Assert.ThrowsAsync<RpcException>(() => Client(caller).RemoveOverrideAsync(new RemoveOverrideRequest(), headers).ResponseAsync);

        Assert.Equal(expected, error.StatusCode);
    }

    [Fact]
    public async Task Call_ServerIsUnavailable_IsMadeOnce()
    {
        await using var limiter = await StartLimiterAsync();
        using var caller = CreateCaller(limiter);

        await Assert.ThrowsAsync<RpcException>(() => Client(caller).GetStatusAsync(new GetLimiterStatusRequest()).ResponseAsync);

        Assert.Equal(1, limiter.Services.GetRequiredService<Calls>().Count);
    }

    private static async Task<WebApplication> StartLimiterAsync()
    {
        var builder = SuiteApplication.CreateBuilder();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<Calls>();
        var app = builder.Build();
        app.MapGrpcService<FakeLimiter>().RequireAuthorization(SuitePolicies.Operator);
        await app.StartAsync();
        return app;
    }

    private static IHost CreateCaller(WebApplication limiter, bool asService = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "Caller" });
        builder.Configuration.AddInMemoryCollection(
        [
            new("Suite:Key", SuiteApplication.Key),
            new("services:limiter:http:0", limiter.Addresses()[0].ToString()),
            new("services:limiter:grpc:0", limiter.Addresses()[1].ToString()),
        ]);
        builder.AddServiceDefaults();
        builder.AddSuiteGrpcClient<LimiterApi.LimiterApiClient>("limiter", asService);
        return builder.Build();
    }

    private static LimiterApi.LimiterApiClient Client(IHost caller) => caller.Services.GetRequiredService<LimiterApi.LimiterApiClient>();

    private sealed class Calls
    {
        public int Count { get; set; }
    }

    private sealed class FakeLimiter(Calls calls) : LimiterApi.LimiterApiBase
    {
        public override Task<RemoveOverrideResponse> RemoveOverride(RemoveOverrideRequest request, ServerCallContext context)
        {
            context.ResponseTrailers.Add("user", context.GetHttpContext().User.Identity?.Name ?? "");
            return Task.FromResult(new RemoveOverrideResponse());
        }

        public override Task<LimiterStatus> GetStatus(GetLimiterStatusRequest request, ServerCallContext context)
        {
            calls.Count++;
            throw new RpcException(new Status(StatusCode.Unavailable, "not now"));
        }
    }
}
