using System.Net;
using OpenTelemetry.Exporter;

namespace RateLimitSuite.Airgap.Telemetry.Tests;

/// <summary>How a scrape is answered over HTTP.</summary>
public sealed class ScrapeTests
{
    private const string Plain = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores";

    [Theory]
    [InlineData(null, Plain)]
    [InlineData("*/*", Plain)]
    [InlineData("application/json", Plain)]
    [InlineData("text/plain", Plain)]
    [InlineData("text/plain;version=1.0.0", "text/plain; version=1.0.0; charset=utf-8; escaping=underscores")]
    [InlineData("application/openmetrics-text", OpenMetrics)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8", OpenMetrics)]
    [InlineData("application/openmetrics-text;version=0.0.1", "application/openmetrics-text; version=0.0.1; charset=utf-8")]
    [InlineData("application/openmetrics-text;version=2.0.0", Plain)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=roman", Plain)]
    [InlineData("application/openmetrics-text;q=0.3,text/plain;version=0.0.4;q=0.8", Plain)]
    [InlineData("text/plain;q=0.5,application/openmetrics-text;version=1.0.0;q=0.5", Plain)]
    [InlineData("text/plain;q=0.5,application/openmetrics-text;version=1.0.0;q=0.75", OpenMetrics)]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OpenMetrics)]
    public async Task Scrape_Accepting_AnswersTheBestOfThose(string? accept, string contentType)
    {
        await using var target = await ScrapeTarget.StartAsync();

        using var response = await target.SendAsync(accept);

        Assert.Equal(contentType, Assert.Single(response.Content.Headers.NonValidated["Content-Type"]));
        Assert.NotNull(response.Content.Headers.LastModified);
    }

    [Fact]
    public async Task Scrape_AcceptingGzip_IsCompressed()
    {
        await using var target = await ScrapeTarget.StartAsync();
        target.Client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");

        using var response = await target.SendAsync();

        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.Equal("Accept-Encoding", Assert.Single(response.Headers.Vary));
        await using var text = new System.IO.Compression.GZipStream(await response.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
        using var reader = new StreamReader(text);
        Assert.Contains("target_info", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_WithinTheCachesTime_AnswersTheSame()
    {
        await using var target = await ScrapeTarget.StartAsync(options => options.ScrapeResponseCacheDurationMilliseconds = 600_000);
        var counter = target.Meter.CreateCounter<int>("c");
        counter.Add(1);
        var first = await target.ScrapeAsync();

        counter.Add(1);

        Assert.Equal(first, await target.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_AnswerOverTheLimit_Fails()
    {
        await using var target = await ScrapeTarget.StartAsync(options => options.MaxScrapeResponseSizeBytes = 85_000);
        var counter = target.Meter.CreateCounter<int>("c");
        for (var i = 0; i < 1_500; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("i", $"{i} {new string('x', 100)}"));
        }

        using var response = await target.SendAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public void Options_ByDefault_AreThePublishedOnes()
    {
        var options = new PrometheusAspNetCoreOptions();

        Assert.Equal("/metrics", options.ScrapeEndpointPath);
        Assert.Equal(300, options.ScrapeResponseCacheDurationMilliseconds);
        Assert.Equal(85_000 * 2_048, options.MaxScrapeResponseSizeBytes);
        Assert.True(options.ScopeInfoEnabled);
        Assert.True(options.TargetInfoEnabled);
        Assert.False(options.DisableTotalNameSuffixForCounters);
        Assert.Null(options.ResourceConstantLabels);
    }
}
