using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace RateLimitSuite.Airgap.Telemetry.Tests;

/// <summary>The text of a scrape, byte for byte as version 1.18 of the published exporter writes it.</summary>
public sealed class ExpositionTests
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0";

    [Fact]
    public async Task Scrape_EveryKind_PlainText()
    {
        await using var target = await StartWithEveryKindAsync();

        Assert.Equal(
            """
            # TYPE target_info gauge
            # HELP target_info Target metadata
            target_info{service_name="target",service_instance_id="1"} 1
            # TYPE bucket_fill_percent gauge
            # HELP bucket_fill_percent How full.
            bucket_fill_percent{otel_scope_name="suite.test",otel_scope_version="1.2"} 12.5
            # TYPE clients_active gauge
            clients_active{otel_scope_name="suite.test",otel_scope_version="1.2"} -3
            # TYPE limiter_decisions_total counter
            # HELP limiter_decisions_total Decisions \\ made.\nBy "all".
            limiter_decisions_total{otel_scope_name="suite.test",otel_scope_version="1.2",allowed="true",note="a\"b\\c\nd"} 3
            limiter_decisions_total{otel_scope_name="suite.test",otel_scope_version="1.2",allowed="false",note=""} 1
            # TYPE request_duration_seconds histogram
            # HELP request_duration_seconds Time to answer.
            request_duration_seconds_bucket{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide",le="0.005"} 1
            request_duration_seconds_bucket{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide",le="1"} 2
            request_duration_seconds_bucket{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide",le="2500000"} 2
            request_duration_seconds_bucket{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide",le="+Inf"} 3
            request_duration_seconds_sum{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide"} 5000000.254
            request_duration_seconds_count{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide"} 3

            """,
            await target.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_EveryKind_OpenMetrics()
    {
        await using var target = await StartWithEveryKindAsync();

        Assert.Equal(
            """
            # TYPE target info
            # HELP target Target metadata
            target_info{service_name="target",service_instance_id="1"} 1
            # TYPE bucket_fill_percent gauge
            # UNIT bucket_fill_percent percent
            # HELP bucket_fill_percent How full.
            bucket_fill_percent{otel_scope_name="suite.test",otel_scope_version="1.2"} 12.5
            # TYPE clients_active gauge
            clients_active{otel_scope_name="suite.test",otel_scope_version="1.2"} -3
            # TYPE limiter_decisions counter
            # HELP limiter_decisions Decisions \\ made.\nBy \"all\".
            limiter_decisions_total{otel_scope_name="suite.test",otel_scope_version="1.2",allowed="true",note="a\"b\\c\nd"} 3
            limiter_decisions_created{otel_scope_name="suite.test",otel_scope_version="1.2",allowed="true",note="a\"b\\c\nd"} CREATED
            limiter_decisions_total{otel_scope_name="suite.test",otel_scope_version="1.2",allowed="false",note=""} 1
            limiter_decisions_created{otel_scope_name="suite.test",otel_scope_version="1.2",allowed="false",note=""} CREATED
            # TYPE request_duration_seconds histogram
            # UNIT request_duration_seconds seconds
            # HELP request_duration_seconds Time to answer.
            request_duration_seconds_bucket{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide",le="0.005"} 1
            request_duration_seconds_bucket{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide",le="1.0"} 2
            request_duration_seconds_bucket{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide",le="2.5e+06"} 2
            request_duration_seconds_bucket{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide",le="+Inf"} 3
            request_duration_seconds_sum{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide"} 5000000.254
            request_duration_seconds_count{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide"} 3
            request_duration_seconds_created{otel_scope_name="suite.test",otel_scope_version="1.2",route="/decide"} CREATED
            # EOF

            """,
            await target.ScrapeAsync(OpenMetrics));
    }

    [Theory]
    [InlineData("a.b", null, "a_b")]
    [InlineData("a..b__c-d", null, "a_b_c_d")]
    [InlineData("a.seconds", "s", "a_seconds")]
    [InlineData("a", "{request}", "a")]
    [InlineData("a", "By/s", "a_bytes_per_second")]
    [InlineData("a", "{token}/s", "a_per_second")]
    [InlineData("a", "1", "a")]
    [InlineData("a", "widgets", "a_widgets")]
    [InlineData("a", "m/", "a_m")]
    public async Task Scrape_GaugesName_IsSanitisedAndEndsWithItsUnit(string name, string? unit, string expected)
    {
        await using var target = await ScrapeTarget.StartAsync(options => (options.TargetInfoEnabled, options.ScopeInfoEnabled) = (false, false));
        target.Meter.CreateGauge<int>(name, unit).Record(1);

        Assert.Equal($"# TYPE {expected} gauge\n{expected}{{}} 1\n", await target.ScrapeAsync());
    }

    [Theory]
    [InlineData("sent.bytes", "By", null, "sent_bytes_total")]
    [InlineData("sent.bytes.total", "By", null, "sent_bytes_total")]
    [InlineData("sent.bytes.total", "By", OpenMetrics, "sent_bytes_total_bytes_total")]   // The published one looks for "_total" before it sanitises.
    [InlineData("sent_total", null, null, "sent_total")]
    [InlineData("sent", "ms", OpenMetrics, "sent_milliseconds_total")]
    public async Task Scrape_CountersName_EndsWithUnitAndTotal(string name, string? unit, string? accept, string expected)
    {
        await using var target = await ScrapeTarget.StartAsync();
        target.Meter.CreateCounter<long>(name, unit).Add(1);

        Assert.Contains($"\n{expected}{{otel_scope_name=\"suite.test\"}} 1\n", await target.ScrapeAsync(accept), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_KeysThatBecomeTheSame_JoinTheirValuesInOrderOfTheKeys()
    {
        await using var target = await ScrapeTarget.StartAsync();
        target.Meter.CreateCounter<long>("c").Add(1, new("a.b", "second"), new("a-b", "first"), new("1x", true), new("é", 2.5), new("n", 1e21));

        // The SDK hands the tags out in ordinal order of their keys.
        Assert.EndsWith(
            "\nc_total{otel_scope_name=\"suite.test\",_1x=\"true\",a_b=\"first;second\",n=\"1e+21\",_=\"2.5\"} 1\n", await target.ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_MetersTags_AreLabelsOfTheScope()
    {
        await using var target = await ScrapeTarget.StartAsync(
            meter: new MeterOptions("suite.test") { Version = "2", TelemetrySchemaUrl = "https://schema.example/1", Tags = [new("host.name", "h"), new("name", "ignored")] });
        target.Meter.CreateCounter<long>("c").Add(1);

        Assert.Contains(
            "c_total{otel_scope_name=\"suite.test\",otel_scope_version=\"2\",otel_scope_schema_url=\"https://schema.example/1\",otel_scope_host_name=\"h\"} 1\n",
            await target.ScrapeAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_TagNamedAsTheBound_IsLeftOutOfHistograms()
    {
        await using var target = await ScrapeTarget.StartAsync(options => options.ScopeInfoEnabled = false);
        target.Meter.CreateHistogram("h", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1] }).Record(0.5, new("le", "x"), new("a", 1));

        Assert.EndsWith(
            "h_bucket{a=\"1\",le=\"1\"} 1\nh_bucket{a=\"1\",le=\"+Inf\"} 1\nh_sum{a=\"1\"} 0.5\nh_count{a=\"1\"} 1\n", await target.ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_NegativeBounds_HaveNoSumInOpenMetrics()
    {
        await using var target = await ScrapeTarget.StartAsync();
        target.Meter.CreateHistogram("phi", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [-1, 1] }).Record(-2);

        Assert.Contains("phi_sum", await target.ScrapeAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("phi_sum", await target.ScrapeAsync(OpenMetrics), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_TwoTypesOfOneName_AreBothLeftOut()
    {
        await using var target = await ScrapeTarget.StartAsync(options => options.TargetInfoEnabled = false);
        target.Meter.CreateGauge<int>("a.b").Record(1);
        target.Meter.CreateHistogram<int>("a-b").Record(1);
        target.Meter.CreateGauge<int>("other").Record(1);

        Assert.Equal("# TYPE other gauge\nother{otel_scope_name=\"suite.test\"} 1\n", await target.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_ResourceConstantLabels_StandBehindThePointsOwn()
    {
        await using var target = await ScrapeTarget.StartAsync(options => options.ResourceConstantLabels = key => key == "service.name");
        target.Meter.CreateGauge<double>("g").Record(double.NaN, new KeyValuePair<string, object?>("a", "b"));

        Assert.Contains("\ng{otel_scope_name=\"suite.test\",a=\"b\",service_name=\"target\"} NaN\n", await target.ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_WithExemplars_ShowsTheNewestOfEachBucketInOpenMetricsOnly()
    {
        await using var target = await ScrapeTarget.StartAsync(metrics: metrics => metrics
            .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
            .AddView("h", new ExplicitBucketHistogramConfiguration { Boundaries = [1], TagKeys = ["kept"] }));
        var histogram = target.Meter.CreateHistogram<double>("h");
        histogram.Record(0.25, new("kept", "k"), new("dropped", "d"), new("long", new string('x', 130)));

        var text = await target.ScrapeAsync(OpenMetrics);

        Assert.Matches("""(?m)^h_bucket\{otel_scope_name="suite\.test",kept="k",le="1\.0"\} 1 # \{dropped="d"\} 0\.25 \d+(\.\d+)?$""", text);
        Assert.Matches("""(?m)^h_bucket\{otel_scope_name="suite\.test",kept="k",le="\+Inf"\} 1$""", text);
        Assert.DoesNotContain(" # {", await target.ScrapeAsync(), StringComparison.Ordinal);
    }

    private static async Task<ScrapeTarget> StartWithEveryKindAsync()
    {
        var target = await ScrapeTarget.StartAsync(meter: new MeterOptions("suite.test") { Version = "1.2" });
        var decisions = target.Meter.CreateCounter<long>("limiter.decisions", "{decision}", "Decisions \\ made.\nBy \"all\".");
        decisions.Add(2, new("allowed", true), new("note", "a\"b\\c\nd"));
        decisions.Add(1, new("allowed", true), new("note", "a\"b\\c\nd"));
        decisions.Add(1, new("allowed", false), new("note", null));
        target.Meter.CreateUpDownCounter<int>("clients.active").Add(-3);
        target.Meter.CreateGauge<double>("bucket.fill", "%", "How full.").Record(12.5);
        var duration = target.Meter.CreateHistogram(
            "request.duration", "s", "Time to answer.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 1, 2_500_000] });
        foreach (var value in new[] { 0.004, 0.25, 5_000_000 })
        {
            duration.Record(value, new KeyValuePair<string, object?>("route", "/decide"));
        }

        return target;
    }
}
