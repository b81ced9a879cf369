using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.ClientFactory;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Airgap.GrpcTests.Interop;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Client;

/// <summary>Clients from the service collection.</summary>
public sealed class FactoryTests
{
    [Fact]
    public async Task AddGrpcClient_Registered_CallsWithInterceptorsAndCredentials()
    {
        Metadata? seen = null;
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = (_, context) =>
            {
                seen = context.RequestHeaders;
                return Task.FromResult(new SimpleResponse());
            },
        });
        var steps = new ConcurrentQueue<string>();
        var services = new ServiceCollection();
        services.AddGrpcClient<TestService.TestServiceClient>(options => options.Address = server.Address)
            .AddInterceptor(() => new NotingInterceptor("channel", steps))
            .AddInterceptor(InterceptorScope.Client, () => new NotingInterceptor("client", steps))
            .ConfigureChannel(options => options.UnsafeUseInsecureChannelCallCredentials = true)
            .AddCallCredentials((context, metadata) =>
            {
                metadata.Add("authorization", "token for " + context.MethodName);
                return Task.CompletedTask;
            });
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<TestService.TestServiceClient>().UnaryCallAsync(new SimpleRequest());
        Assert.Equal(["client", "channel"], steps);
        Assert.Equal("token for UnaryCall", seen?.GetValue("authorization"));
    }

    [Fact]
    public async Task AddGrpcClient_CredentialsWithoutTls_AreRefused()
    {
        var services = new ServiceCollection();
        services.AddGrpcClient<TestService.TestServiceClient>(options => options.Address = new Uri("http://127.0.0.1:1"))
            .AddCallCredentials((_, _) => Task.CompletedTask);
        await using var provider = services.BuildServiceProvider();
        var failure = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<TestService.TestServiceClient>());
        Assert.Contains("UnsafeUseInsecureChannelCallCredentials", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddGrpcClient_Named_GivesEachNameItsOwnAddress()
    {
        await using var first = await StartNamedAsync("first");
        await using var second = await StartNamedAsync("second");
        var services = new ServiceCollection();
        services.AddGrpcClient<TestService.TestServiceClient>("one", options => options.Address = first.Address);
        services.AddGrpcClient<TestService.TestServiceClient>("two", (_, options) => options.Address = second.Address);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<GrpcClientFactory>();

        Assert.Equal("first", await NameAsync(factory.CreateClient<TestService.TestServiceClient>("one")));
        Assert.Equal("second", await NameAsync(factory.CreateClient<TestService.TestServiceClient>("two")));
    }

    [Fact]
    public async Task AddGrpcClient_DefaultsForHttpClients_AreTakenOver()
    {
        Metadata? seen = null;
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = (_, context) =>
            {
                seen = context.RequestHeaders;
                return Task.FromResult(new SimpleResponse());
            },
        });
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(http => http.ConfigureHttpClient(client =>
        {
            client.BaseAddress = server.Address;
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.DefaultRequestHeaders.Add("Tenant", "default");
            client.DefaultRequestHeaders.Add("Region", "north");
        }));
        services.AddGrpcClient<TestService.TestServiceClient>();
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<TestService.TestServiceClient>().UnaryCallAsync(new SimpleRequest(), new Metadata { { "tenant", "own" } });
        Assert.Equal("own", seen?.GetValue("tenant"));
        Assert.Equal("north", seen?.GetValue("region"));
    }

    [Fact]
    public async Task AddGrpcClient_MessageHandlers_SeeTheCalls()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService());
        var paths = new ConcurrentQueue<string>();
        var services = new ServiceCollection();
        services.AddGrpcClient<TestService.TestServiceClient>(options => options.Address = server.Address)
            .AddHttpMessageHandler(() => new PathHandler(paths))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler());
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<TestService.TestServiceClient>().UnaryCallAsync(new SimpleRequest());
        Assert.Equal([RawCall.UnaryPath], paths);
    }

    [Fact]
    public async Task AddInterceptor_ScopedService_IsMadeWithTheChannel()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService());
        var steps = new ConcurrentQueue<string>();
        var services = new ServiceCollection();
        services.AddScoped(_ => new NotingInterceptor("scoped", steps));
        services.AddGrpcClient<TestService.TestServiceClient>(options => options.Address = server.Address).AddInterceptor<NotingInterceptor>();
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await provider.GetRequiredService<TestService.TestServiceClient>().UnaryCallAsync(new SimpleRequest());
        Assert.Equal(["scoped"], steps);
    }

    [Fact]
    public async Task AddGrpcClient_WithoutAddress_SaysSo()
    {
        var services = new ServiceCollection();
        services.AddGrpcClient<TestService.TestServiceClient>();
        await using var provider = services.BuildServiceProvider();
        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<TestService.TestServiceClient>());
    }

    [Fact]
    public async Task ContextPropagation_CallFromAHandler_InheritsItsDeadline()
    {
        var inherited = default(DateTime);
        await using var inner = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = (_, context) =>
            {
                inherited = context.Deadline;
                return Task.FromResult(new SimpleResponse());
            },
        });
        await using var outer = await KestrelServer.StartAsync(
            app => app.MapGrpcService<ForwardingService>(),
            services => services.AddGrpcClient<TestService.TestServiceClient>(options => options.Address = inner.Address).EnableCallContextPropagation());
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(2);
        await outer.CreateClient().UnaryCallAsync(new SimpleRequest(), deadline: deadline);
        Assert.InRange(inherited, deadline.AddSeconds(-30), deadline.AddSeconds(30));
    }

    private static Task<KestrelServer> StartNamedAsync(string name) => KestrelServer.StartAsync(new ScriptedService
    {
        Unary = (_, context) =>
        {
            context.ResponseTrailers.Add("name", name);
            return Task.FromResult(new SimpleResponse());
        },
    });

    private static async Task<string?> NameAsync(TestService.TestServiceClient client)
    {
        using var call = client.UnaryCallAsync(new SimpleRequest());
        await call;
        return call.GetTrailers().GetValue("name");
    }

    private sealed class ForwardingService(TestService.TestServiceClient inner) : TestService.TestServiceBase
    {
        public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context) => await inner.UnaryCallAsync(request);
    }

    private sealed class PathHandler(ConcurrentQueue<string> paths) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            paths.Enqueue(request.RequestUri!.AbsolutePath);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class NotingInterceptor(string name, ConcurrentQueue<string> steps) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            steps.Enqueue(name);
            return continuation(request, context);
        }
    }
}
