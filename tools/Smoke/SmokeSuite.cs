using System.Globalization;
using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Options;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Smoke;

/// <summary>One smoke run from nothing to nothing: starts the suite, watches it, stops it.</summary>
internal static class SmokeSuite
{
    // The real log's 41 minutes at speed 10; shorter ones loop. Capacity is cut at 40 % of it.
    private static readonly TimeSpan ReplayTime = TimeSpan.FromSeconds(245);

    public static async Task<SmokeReport> RunAsync(
        SmokeOptions options, Action<string> say, SmokeData data, CancellationToken cancellation)
    {
        // A key of this run only: the observer signs its own tokens with it.
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        string[] arguments =
        [
            "--Loop:Profile=smoke", $"--Parameters:suite-key={key}", "--Traffic:Enabled=true",
            $"--Traffic:Duration={ReplayTime}",
            .. data.Arguments,
            .. options.Log is null ? Array.Empty<string>() : [$"--Traffic:Log={options.Log}"],
            .. options.AppHostArguments,
        ];
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"Starting the suite under loop profile smoke; capacity will be cut to {data.CutFactor:0.##} x the mean load. Data: {data.Folder}, {data.RunsBefore} run(s) before this one ..."));
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(arguments, cancellation);
        await using var app = await builder.BuildAsync(cancellation);
        await app.StartAsync(cancellation);
        var tokens = new SuiteTokens(Options.Create(new SuiteKeyOptions { Key = key }), TimeProvider.System);
        using var observer = new SuiteObserver(app.GetEndpoint, () => tokens.Issue("smoke", SuiteRoles.Operator));
        var report = await new SmokeRun(observer, options.Timeout, say).WatchAsync(cancellation);
        if (report.Succeeded)
        {
            data.CountRun();
        }

        say("Stopping the suite ...");
        await app.StopAsync(CancellationToken.None);
        return report;
    }
}
