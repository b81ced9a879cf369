using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves a method with a stream of requests.</summary>
internal sealed class ClientStreamingHandler<TRequest, TResponse>(
    MethodContext context, Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> invoke)
    where TRequest : class
    where TResponse : class
{
    private readonly ClientStreamingServerMethod<TRequest, TResponse> _invoke = InterceptorPipeline.Wrap(context.Settings.Interceptors, invoke);

    public Task HandleAsync(HttpContext http) =>
        RequestCheck.IsGrpc(http) ? HandleAsync(new HttpCallContext(http, method, context)) : Task.CompletedTask;

    private async Task HandleAsync(HttpCallContext call)
    {
        try
        {
            call.ExpectRequestStream();
            call.Start();
            var response = await _invoke(new RequestStream<TRequest>(call, method.RequestMarshaller), call);
            if (call.Status.StatusCode == StatusCode.OK && !call.IsCompleted)
            {
                call.Write(response, method.ResponseMarshaller);
            }

            await call.EndAsync();
        }
        catch (Exception exception)
        {
            await call.EndAsync(exception);
        }
    }
}
