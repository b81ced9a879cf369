using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves a method with streams both ways.</summary>
internal sealed class DuplexStreamingHandler<TRequest, TResponse>(
    MethodContext context, Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> invoke)
    where TRequest : class
    where TResponse : class
{
    private readonly DuplexStreamingServerMethod<TRequest, TResponse> _invoke = InterceptorPipeline.Wrap(context.Settings.Interceptors, invoke);

    public Task HandleAsync(HttpContext http) =>
        RequestCheck.IsGrpc(http) ? HandleAsync(new HttpCallContext(http, method, context)) : Task.CompletedTask;

    private async Task HandleAsync(HttpCallContext call)
    {
        try
        {
            call.ExpectRequestStream();
            call.Start();
            var requests = new RequestStream<TRequest>(call, method.RequestMarshaller);
            await _invoke(requests, new ResponseStream<TResponse>(call, method.ResponseMarshaller), call);
            await call.EndAsync();
        }
        catch (Exception exception)
        {
            await call.EndAsync(exception);
        }
    }
}
