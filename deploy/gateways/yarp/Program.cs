// YARP asks the Limiter over the client library's one stream, before a request is proxied: see appsettings.json for the addresses.
using Yarp.ReverseProxy.Transforms;

const string DecisionId = "X-RateLimit-Request-Id";

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRateLimitSuiteClient();
builder.Services.AddReverseProxy()
    .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
    .AddTransforms(transforms => transforms.AddRequestTransform(context =>
    {
        // The application sees which decision let the request in; a fallback's has no id.
        if (context.HttpContext.Response.Headers[DecisionId].ToString() is { Length: > 0 } id)
        {
            context.ProxyRequest.Headers.TryAddWithoutValidation(DecisionId, id);
        }

        return ValueTask.CompletedTask;
    }));

var app = builder.Build();
app.UseRouting();

// Whoever has an API key is limited by it, everybody else by address.
app.UseRateLimitSuite(options => options.ClientOf = context =>
    context.Request.Headers["X-Api-Key"].ToString() is { Length: > 0 } key ? key : context.Connection.RemoteIpAddress?.ToString());
app.MapReverseProxy();
app.Run();
