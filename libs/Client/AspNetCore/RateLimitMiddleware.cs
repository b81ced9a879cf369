using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client.AspNetCore;

/// <summary>Decides about each request before its endpoint runs, and reports how it ended.</summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, IRateLimitClient client, RateLimitMiddlewareOptions options, TimeProvider time)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var metadata = endpoint?.Metadata.GetMetadata<RateLimitMetadata>();
        if (endpoint is null || metadata is { IsLimited: false } || options.ClientOf(context) is not { Length: > 0 } clientId)
        {
            await next(context);
            return;
        }

        var request = new RateLimitRequest(clientId)
        {
            Domain = metadata?.Domain, Cost = metadata?.Cost, ClientIp = context.Connection.RemoteIpAddress?.ToString(),
            Features = context.Request.ContentLength is { } size ? new CallerFeatures { RequestSize = size } : null,
        };
        var decision = await client.DecideAsync(request, context.RequestAborted);
        RateLimitFields.Write(context.Response.Headers, decision, options.LegacyHeaders);
        if (decision.Allowed)
        {
            await RunAsync(context, request, decision);
        }
        else
        {
            await RefuseAsync(context, decision);
        }
    }

    private async Task RunAsync(HttpContext context, RateLimitRequest request, RateLimitDecision decision)
    {
        var started = time.GetTimestamp();
        var outcome = OutcomeClass.ServerError;   // Unless the endpoint says otherwise.
        try
        {
            await next(context);
            outcome = ClassOf(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            outcome = OutcomeClass.ClientError;
            throw;
        }
        finally
        {
            client.Report(request, decision, time.GetElapsedTime(started), outcome);
        }
    }

    private static OutcomeClass ClassOf(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests => OutcomeClass.Shed,
        StatusCodes.Status504GatewayTimeout or StatusCodes.Status408RequestTimeout => OutcomeClass.Timeout,
        ClientClosedRequest => OutcomeClass.ClientError,
        >= 500 => OutcomeClass.ServerError,
        >= 400 => OutcomeClass.ClientError,
        _ => OutcomeClass.Ok,
    };

    private static Task RefuseAsync(HttpContext context, RateLimitDecision decision)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        var problem = new ProblemDetails
        {
            Type = "https://www.rfc-editor.org/rfc/rfc6585#section-4", Title = "Too many requests", Status = StatusCodes.Status429TooManyRequests,
            Detail = decision.RetryAfter is { } wait ? FormattableString.Invariant($"Come back in {Math.Max(1, Math.Ceiling(wait.TotalSeconds)):0} s.") : "This request is never allowed.",
        };
        problem.Extensions["reason"] = decision.Reason;
        if (decision.RequestId.Length > 0)
        {
            problem.Extensions["request_id"] = decision.RequestId;
        }

        return context.Response.WriteAsJsonAsync(problem, options: null, "application/problem+json", context.RequestAborted);
    }
}
