using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Options;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Smoke;

/// <summary>One smoke run from nothing to nothing: starts the suite, watches it, stops it.</summary>
internal static class SmokeSuite
{
    // 41 minutes of log at speed 10. A loop that has not closed by then goes on: logs loop.
    private static readonly TimeSpan ReplayTime = TimeSpan.FromSeconds(245);

    public static async Task<SmokeReport> RunAsync(
        SmokeOptions options, Action<string> say, SmokeData data, CancellationToken cancellation)
    {
        // A key of this run only: the observer signs its own tokens with it.
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var duration = options.Timeout > ReplayTime ? options.Timeout : ReplayTime;
        string[] arguments =
        [
            "--Loop:Profile=smoke", $"--Parameters:suite-key={key}", "--Traffic:Enabled=true",
            $"--Traffic:Duration={duration}", "--Traffic:CutAt=1",   // Who watches says when.
            // Only what went wrong in the services: Aspire's testing host prints all that they say.
            "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks=None",
            .. data.Arguments,
            .. options.Log is null ? Array.Empty<string>() : [$"--Traffic:Log={options.Log}"],
            .. options.AppHostArguments,
        ];
        say($"Starting the suite under loop profile smoke, data in {data.Folder} ...");
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(arguments, cancellation);
        await using var app = await builder.BuildAsync(cancellation);
        await app.StartAsync(cancellation);
        var tokens = new SuiteTokens(Options.Create(new SuiteKeyOptions { Key = key }), TimeProvider.System);
        using var observer = new SuiteObserver(app.GetEndpoint, () => tokens.Issue("smoke", SuiteRoles.Operator));
        var report = await new SmokeRun(observer, options.Timeout, say).WatchAsync(cancellation);
        say("Stopping the suite ...");
        await app.StopAsync(CancellationToken.None);
        return report;
    }
}
