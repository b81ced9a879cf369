using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace RateLimitSuite.Airgap.Telemetry.Tests;

/// <summary>A web application with one meter of the test's own and the scrape endpoint.</summary>
internal sealed class ScrapeTarget : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScrapeTarget(WebApplication app, Meter meter, HttpClient client) => (_app, Meter, Client) = (app, meter, client);

    public Meter Meter { get; }

    public HttpClient Client { get; }

    public static async Task<ScrapeTarget> StartAsync(
        Action<PrometheusAspNetCoreOptions>? configure = null, MeterOptions? meter = null, Action<MeterProviderBuilder>? metrics = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        // A name of its own keeps tests that run beside each other apart; the text replaces it again.
        var name = $"meter-{Guid.NewGuid():N}";
        meter ??= new MeterOptions("suite.test");
        var own = new Meter(new MeterOptions(name) { Version = meter.Version, Tags = meter.Tags, TelemetrySchemaUrl = meter.TelemetrySchemaUrl });
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.Clear().AddAttributes([new("service.name", "target"), new("service.instance.id", "1")]))
            .WithMetrics(provider =>
            {
                provider.AddMeter(name).AddPrometheusExporter(options =>
                {
                    options.ScrapeResponseCacheDurationMilliseconds = 0;
                    configure?.Invoke(options);
                });
                metrics?.Invoke(provider);
            });
        var app = builder.Build();
        app.MapPrometheusScrapingEndpoint();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ScrapeTarget(app, own, new HttpClient { BaseAddress = new Uri(address) });
    }

    /// <summary>What a scrape answers, with the meter's name and times of creation replaced by fixed words.</summary>
    public async Task<string> ScrapeAsync(string? accept = null)
    {
        using var response = await SendAsync(accept);
        response.EnsureSuccessStatusCode();
        var text = await response.Content.ReadAsStringAsync();
        text = text.Replace(Meter.Name, "suite.test", StringComparison.Ordinal);
        return System.Text.RegularExpressions.Regex.Replace(text, @"(?m)^(\w+_created\{.*\}) [\d.E+]+$", "$1 CREATED");
    }

    public async Task<HttpResponseMessage> SendAsync(string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return await Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Meter.Dispose();
    }
}
