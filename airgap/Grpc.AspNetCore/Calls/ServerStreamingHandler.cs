using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves a method with a stream of responses.</summary>
internal sealed class ServerStreamingHandler<TRequest, TResponse>(
    MethodContext context, Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> invoke)
    where TRequest : class
    where TResponse : class
{
    private readonly ServerStreamingServerMethod<TRequest, TResponse> _invoke = InterceptorPipeline.Wrap(context.Settings.Interceptors, invoke);

    public Task HandleAsync(HttpContext http) =>
        RequestCheck.IsGrpc(http) ? HandleAsync(new HttpCallContext(http, method, context)) : Task.CompletedTask;

    private async Task HandleAsync(HttpCallContext call)
    {
        try
        {
            call.Start();
            var body = call.Http.Request.BodyReader;
            TRequest? request;
            do
            {
                request = RequestMessages.TryTakeSingle(body, await body.ReadAsync(), method.RequestMarshaller, call);
            }
            while (request is null);

            await _invoke(request, new ResponseStream<TResponse>(call, method.ResponseMarshaller), call);
            await call.EndAsync();
        }
        catch (Exception exception)
        {
            await call.EndAsync(exception);
        }
    }
}
