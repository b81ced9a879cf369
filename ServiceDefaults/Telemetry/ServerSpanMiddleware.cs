using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Names a server's span after its route and marks its outcome.</summary>
/// <remarks>ASP.NET Core 10 starts the span but leaves name, route and status to an instrumentation package; these few
/// lines do that for it. Where nobody listens there is an activity all the same, for the scopes of logs, and nobody to describe it for.</remarks>
internal sealed class ServerSpanMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var activity = context.Features.Get<IHttpActivityFeature>()?.Activity;
        return activity is { IsAllDataRequested: true } && activity.Source.HasListeners() ? Describe(context, activity) : next(context);
    }

    private async Task Describe(HttpContext context, Activity activity)
    {
        try
        {
            await next(context);
        }
        catch (Exception error)
        {
            activity.SetTag("error.type", error.GetType().FullName);
            activity.SetStatus(ActivityStatusCode.Error);
            Name(context, activity);
            throw;
        }

        Name(context, activity);
        activity.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static void Name(HttpContext context, Activity activity)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        activity.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        if (route is not null)
        {
            activity.SetTag("http.route", route);
        }
    }
}
