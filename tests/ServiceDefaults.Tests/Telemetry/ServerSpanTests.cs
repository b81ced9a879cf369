using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace RateLimitSuite.ServiceDefaults.Tests.Telemetry;

[Collection(nameof(Alone))]
public sealed class ServerSpanTests
{
    [Theory]
    [InlineData("/clients/42", "GET /clients/{id}", 200, ActivityStatusCode.Unset)]
    [InlineData("/broken", "GET /broken", 503, ActivityStatusCode.Error)]
    [InlineData("/nowhere", "GET", 404, ActivityStatusCode.Unset)]
    public async Task Span_OfARequest_HasRouteStatusAndOutcome(string path, string name, int status, ActivityStatusCode outcome)
    {
        var spans = new Spans();
        await using var app = await StartAsync(spans);
        using var client = new HttpClient { BaseAddress = app.Addresses()[0] };

        (await client.GetAsync(path)).Dispose();

        var span = await spans.NextAsync(app);
        Assert.Equal(name, span.DisplayName);
        Assert.Equal(status, span.GetTagItem("http.response.status_code"));
        Assert.Equal(outcome, span.Status);
        Assert.Equal(path, span.GetTagItem("url.path"));
    }

    [Fact]
    public async Task Span_OfAProbe_IsNotRecorded()
    {
        var spans = new Spans();
        await using var app = await StartAsync(spans);
        using var client = new HttpClient { BaseAddress = app.Addresses()[0] };

        (await client.GetAsync("/alive")).Dispose();

        Assert.False((await spans.NextAsync(app)).Recorded);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("Information", true)]
    public async Task Span_ThatNobodyTakes_IsMadeOnlyForLogsThatWereAskedFor(string? level, bool made)
    {
        var builder = SuiteApplication.CreateBuilder(("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", level));
        builder.Logging.AddDebug();   // CreateEmptyBuilder has no provider that could ask for a span.
        await using var app = builder.Build();
        app.MapGet("/span", () => Activity.Current is not null);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = app.Addresses()[0] };

        Assert.Equal(made, bool.Parse(await client.GetStringAsync("/span")));
    }

    private static async Task<WebApplication> StartAsync(Spans spans)
    {
        var builder = SuiteApplication.CreateBuilder(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"));   // Nobody listens there.
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(spans));
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/clients/{id}", (string id) => id);
        app.MapGet("/broken", () => Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        await app.StartAsync();
        return app;
    }

    private sealed class Spans : BaseProcessor<Activity>
    {
        private readonly BlockingCollection<Activity> _ended = [];

        // Spans of every application in the process come here, so also those of tests that run beside this one.
        public Task<Activity> NextAsync(WebApplication app) => Task.Run(() =>
        {
            var port = app.Addresses()[0].Port;
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            return _ended.GetConsumingEnumerable(timeout.Token).First(span => span.GetTagItem("server.port") is int of && of == port);
        });

        public override void OnEnd(Activity data)
        {
            if (data.Kind == ActivityKind.Server)
            {
                _ended.Add(data);
            }
        }
    }
}
