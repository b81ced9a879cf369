using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.ServiceDefaults.Tests.Telemetry;

public sealed class MetricsTests
{
    private const int LintFindings = 3;   // 1 would be text that cannot be read.

    [Fact]
    public async Task Metrics_OfAService_HaveItsOwnMetersAndThePlatforms()
    {
        var text = await ScrapeAsync();

        Assert.Contains("\nsuite_test_clients{otel_scope_name=\"RateLimitSuite.Test\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_bucket{", text, StringComparison.Ordinal);
        Assert.Contains("kestrel_active_connections{", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc_collections_total{", text, StringComparison.Ordinal);
        Assert.Contains("service_name=\"TestService\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("some_other_meter", text, StringComparison.Ordinal);
    }

    [PromtoolFact]
    public async Task Metrics_OfAService_AreReadByPromtoolAndItsOwnAreClean()
    {
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        await promtool.StandardInput.WriteAsync(await ScrapeAsync());
        promtool.StandardInput.Close();
        var said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        // dotnet.assembly.count and Npgsql's db.client.connection.count end as a histogram's count would; those are the names people look for.
        Assert.DoesNotContain("suite_", said, StringComparison.Ordinal);
        Assert.True(promtool.ExitCode is 0 or LintFindings);
    }

    private static async Task<string> ScrapeAsync()
    {
        using var own = new Meter("RateLimitSuite.Test");
        using var other = new Meter("Some.Other.Meter");
        await using var app = SuiteApplication.CreateBuilder().Build();
        app.MapDefaultEndpoints();
        await app.StartAsync();
        own.CreateGauge<int>("suite.test.clients", "{client}", "Clients known.").Record(3);
        other.CreateGauge<int>("some.other.meter").Record(1);
        using var client = new HttpClient { BaseAddress = app.Addresses()[0] };
        await client.GetStringAsync("/alive");

        return await client.GetStringAsync("/metrics");
    }
}
