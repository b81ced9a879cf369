using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Airgap.GrpcTests.Interop;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Server;

public sealed class InterceptorTests
{
    [Fact]
    public async Task Unary_GlobalAndServiceInterceptors_RunFromOutsideIn()
    {
        var steps = new ConcurrentQueue<string>();
        await using var server = await StartAsync(steps);
        await server.CreateClient().UnaryCallAsync(new SimpleRequest());
        Assert.Equal(["global 1", "global 2", "service", "handler"], steps);
    }

    [Fact]
    public async Task Duplex_GlobalAndServiceInterceptors_RunFromOutsideIn()
    {
        var steps = new ConcurrentQueue<string>();
        await using var server = await StartAsync(steps);
        using var call = server.CreateClient().FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(["global 1", "global 2", "service", "handler"], steps);
    }

    [Fact]
    public async Task Unary_InterceptorThrows_AnswersInPlaceOfTheHandler()
    {
        var steps = new ConcurrentQueue<string>();
        await using var server = await StartAsync(steps);
        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.CreateClient().UnaryCallAsync(new SimpleRequest(), new Metadata { { "refuse", "global 2" } }));
        Assert.Equal((StatusCode.PermissionDenied, "global 2"), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal(["global 1", "global 2"], steps);
    }

    private static Task<KestrelServer> StartAsync(ConcurrentQueue<string> steps)
    {
        var service = new ScriptedService
        {
            Unary = (_, _) =>
            {
                steps.Enqueue("handler");
                return Task.FromResult(new SimpleResponse());
            },
            Duplex = (_, _, _) =>
            {
                steps.Enqueue("handler");
                return Task.CompletedTask;
            },
        };
        return KestrelServer.StartAsync(service, services => services
            .AddSingleton(steps)
            .AddGrpc(options =>
            {
                options.Interceptors.Add<NotingInterceptor>("global 1");
                options.Interceptors.Add<NotingInterceptor>("global 2");
            })
            .AddServiceOptions<ScriptedService>(options => options.Interceptors.Add<NotingInterceptor>("service")));
    }

    private sealed class NotingInterceptor(string name, ConcurrentQueue<string> steps) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Note(context);
            return continuation(request, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Note(context);
            return continuation(requestStream, responseStream, context);
        }

        private void Note(ServerCallContext context)
        {
            steps.Enqueue(name);
            if (context.RequestHeaders.GetValue("refuse") == name)
            {
                throw new RpcException(new Status(StatusCode.PermissionDenied, name));
            }
        }
    }
}
