using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RateLimitSuite.ServiceDefaults.Tests.Telemetry;

public sealed class OtlpTests
{
    [Fact]
    public async Task Service_WithACollector_PushesMetricsTracesAndLogs()
    {
        var received = new ConcurrentDictionary<string, long>();
        var all = new TaskCompletionSource();
        await using var collector = await StartCollectorAsync(received, all);
        var builder = SuiteApplication.CreateBuilder(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Addresses()[0].ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "100"));

        await using (var app = builder.Build())
        {
            app.MapGet("/work", (ILogger<OtlpTests> logger) => logger.LogInformation("working"));
            await app.StartAsync();
            using var client = new HttpClient { BaseAddress = app.Addresses()[0] };
            await client.GetStringAsync("work");
            await all.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], received.Keys.Order());
        Assert.All(received.Values, bytes => Assert.NotEqual(0, bytes));
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentDictionary<string, long> received, TaskCompletionSource all)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.MapPost("/v1/{signal}", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.AddOrUpdate(context.Request.Path, body.Length, (_, before) => before + body.Length);
            if (received.Count == 3)
            {
                all.TrySetResult();
            }
        });
        await app.StartAsync();
        return app;
    }
}
