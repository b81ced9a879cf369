using Grpc.Core;

namespace RateLimitSuite.Explainer.Http;

/// <summary>Says over HTTP what gRPC says by its status codes.</summary>
internal sealed class RpcFaultFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (RpcException fault)
        {
            return Results.Problem(fault.Status.Detail, statusCode: fault.StatusCode switch
            {
                StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
                StatusCode.NotFound => StatusCodes.Status404NotFound,
                StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status500InternalServerError,
            });
        }
    }
}
