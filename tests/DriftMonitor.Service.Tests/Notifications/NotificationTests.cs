using Npgsql;
using RateLimitSuite.DriftMonitor.Notifications;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.DriftMonitor.Tests.Notifications;

/// <summary>Alerts on their way to sinks that the tests play, over PostgreSQL.</summary>
public sealed class NotificationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Secret = "a-webhook-secret-of-the-tests";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private NpgsqlDataSource _database = null!;
    private HttpSink _http = null!;

    public async Task InitializeAsync() => (_database, _http) = (await postgres.CreateDatabaseAsync(), await HttpSink.StartAsync());

    public async Task DisposeAsync()
    {
        await _http.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Alert_FourSinks_AreEachToldOnceEvenAcrossARestart()
    {
        await using var smtp = new SmtpSink();
        await using var slack = await HttpSink.StartAsync();
        await using var pagerDuty = await HttpSink.StartAsync();
        (string, string)[] settings =
        [
            ("SlackWebhookUrl", slack.Address.ToString()), ("PagerDutyUrl", pagerDuty.Address.ToString()), ("PagerDutyRoutingKey", "a-routing-key"),
            ("WebhookUrl", _http.Address.ToString()), ("WebhookSecret", Secret), ("DashboardUrl", "https://dash.example"),
            ("Email:Host", "127.0.0.1"), ("Email:Port", $"{smtp.Port}"), ("Email:UseTls", "false"), ("Email:To:0", "on-call@example.org"),
        ];
        Guid first, second;
        await using (var host = await DispatcherHost.StartAsync(_database, settings))
        {
            host.Explain("r-plain", 1, -1);
            host.Explain("r-spike", 2, -14);
            first = (await DispatcherHost.RaiseAsync(_database)).Id;
            await UntilAsync("SELECT count(*) = 4 FROM drift_notifications WHERE state = 'sent'");
        }

        await using (await DispatcherHost.StartAsync(_database, settings))
        {
            second = (await DispatcherHost.RaiseAsync(_database, "label_starvation", "warning")).Id;
            await UntilAsync("SELECT count(*) = 8 FROM drift_notifications WHERE state = 'sent'");
        }

        Assert.Equal([first, second], _http.Posts.Select(post => post.Json.GetProperty("id").GetGuid()));
        Assert.Equal([$"{first}", $"{second}"], pagerDuty.Posts.Select(post => post.Json.GetProperty("dedup_key").GetString()));
        Assert.Equal((2, 2), (slack.Posts.Count, smtp.Mails.Count));

        var webhook = _http.Posts.First();
        Assert.Equal(["ip_reputation", "request_volume"], webhook.Json.GetProperty("features").EnumerateArray().Select(f => f.GetProperty("feature").GetString()));
        Assert.Equal(7.5, webhook.Json.GetProperty("features")[0].GetProperty("meanAbs").GetDouble());   // (1 + 14) / 2
        Assert.Equal(["r-spike", "r-plain"], webhook.Json.GetProperty("request_ids").EnumerateArray().Select(id => id.GetString()));
        var time = long.Parse(webhook.Headers[WebhookSink.SignatureHeader].Split('=', ',')[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(WebhookSink.Sign(Secret, time, webhook.Body), webhook.Headers[WebhookSink.SignatureHeader]);

        var text = slack.Posts.First().Json.GetProperty("attachments")[0].GetProperty("text").GetString()!;
        Assert.Contains("&lt;n = 900&gt;", text, StringComparison.Ordinal);
        Assert.Contains($"https://dash.example/drift?alert={first}", text, StringComparison.Ordinal);
        Assert.Equal("critical", pagerDuty.Posts.First().Json.GetProperty("payload").GetProperty("severity").GetString());
        Assert.Contains($"<{first}@ratelimitsuite>", smtp.Mails.First(), StringComparison.Ordinal);
        Assert.Contains("on-call@example.org", smtp.Mails.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sink_DownForAWhile_IsToldOnceItIsBackAndNoSecretIsLogged()
    {
        _http.AnswerNext(503, 500, 429, 503);   // more than the tries of one attempt
        await using var host = await DispatcherHost.StartAsync(_database, ("WebhookUrl", _http.Address.ToString()), ("WebhookSecret", Secret));
        await DispatcherHost.RaiseAsync(_database);

        await UntilAsync("SELECT count(*) = 1 FROM drift_notifications WHERE state = 'sent' AND attempts = 2");

        Assert.Equal(5, _http.Posts.Count);
        Assert.Single(_http.Posts.Select(post => post.Headers[WebhookSink.DeliveryHeader]).Distinct());
        Assert.Contains("webhook did not arrive: answered", host.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", host.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sink_RefusesForGood_IsNotTriedAgain()
    {
        _http.AnswerNext(404);
        await using var host = await DispatcherHost.StartAsync(_database, ("WebhookUrl", _http.Address.ToString()));
        await DispatcherHost.RaiseAsync(_database);

        await UntilAsync("SELECT count(*) = 1 FROM drift_notifications WHERE state = 'failed' AND last_error = 'answered 404'");

        Assert.Single(_http.Posts);
    }

    [Fact]
    public async Task Sink_NeverAnswers_IsGivenUpAfterItsAttempts()
    {
        var closed = new Uri($"http://127.0.0.1:{FreePort.Take()}/secret-path");
        await using var host = await DispatcherHost.StartAsync(_database, ("WebhookUrl", closed.ToString()), ("MaxAttempts", "2"));
        await DispatcherHost.RaiseAsync(_database);

        await UntilAsync("SELECT count(*) = 1 FROM drift_notifications WHERE state = 'failed' AND attempts = 2");

        Assert.DoesNotContain("secret-path", host.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alert_TheSameAgainWithinTheTime_IsSuppressed()
    {
        await using (await DispatcherHost.StartAsync(_database))
        {
            // It makes the tables, and has nobody to tell.
        }

        var first = await DispatcherHost.RaiseAsync(_database, age: TimeSpan.FromMinutes(50));
        await DispatcherHost.RaiseAsync(_database, age: TimeSpan.FromMinutes(20));
        var other = await DispatcherHost.RaiseAsync(_database, "label_starvation", age: TimeSpan.FromMinutes(10));
        await DispatcherHost.RaiseAsync(_database, severity: "info");                 // not worth a message
        await DispatcherHost.RaiseAsync(_database, age: TimeSpan.FromHours(5));       // history

        await using var host = await DispatcherHost.StartAsync(_database, ("WebhookUrl", _http.Address.ToString()));
        await UntilAsync("SELECT count(*) = 2 FROM drift_notifications WHERE state = 'sent'");
        await UntilAsync("SELECT count(*) = 1 FROM drift_notifications WHERE state = 'suppressed'");

        Assert.Equal(new[] { first.Id, other.Id }.Order(), _http.Posts.Select(post => post.Json.GetProperty("id").GetGuid()).Order());
        await UntilAsync("SELECT count(*) = 3 FROM drift_notifications");
    }

    [Fact]
    public async Task Alert_TwoProcesses_IsToldByOneOfThem()
    {
        await using var one = await DispatcherHost.StartAsync(_database, ("WebhookUrl", _http.Address.ToString()));
        await using var other = await DispatcherHost.StartAsync(_database, ("WebhookUrl", _http.Address.ToString()));
        var raised = new List<Guid>();
        for (var i = 0; i < 10; i++)
        {
            raised.Add((await DispatcherHost.RaiseAsync(_database, $"alert-{i}")).Id);
        }

        await UntilAsync("SELECT count(*) = 10 FROM drift_notifications WHERE state = 'sent'");

        Assert.Equal(raised.Order(), _http.Posts.Select(post => post.Json.GetProperty("id").GetGuid()).Order());
    }

    private async Task UntilAsync(string sql)
    {
        using var timeout = new CancellationTokenSource(Longest);
        while (true)
        {
            await using (var command = _database.CreateCommand(sql))
            {
                if (await command.ExecuteScalarAsync(timeout.Token) is true)
                {
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
        }
    }
}
