using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves a unary method.</summary>
/// <remarks>The hot path: one call context and one state machine for each call, no buffer of its own, and one write that the end of the request sends.</remarks>
internal sealed class UnaryHandler<TRequest, TResponse>(
    MethodContext context, Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> invoke)
    where TRequest : class
    where TResponse : class
{
    private readonly UnaryServerMethod<TRequest, TResponse> _invoke = InterceptorPipeline.Wrap(context.Settings.Interceptors, invoke);

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

            var response = await _invoke(request, call);
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
