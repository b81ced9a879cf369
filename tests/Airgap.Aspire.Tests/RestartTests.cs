using System.Diagnostics;
using Aspire.Hosting.Orchestration;

namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class RestartTests
{
    [Fact]
    public async Task Crash_OnceMoreThanAllowed_IsCountedSaidAndGivenUp()
    {
        await using var app = await RunningApp.StartAsync(builder => builder.AddShell("flaky", "exit 3"), "--StandIn:RestartsMax=2");

        var ended = await app.WaitForStateAsync("flaky", KnownResourceStates.Exited);

        Assert.Equal(3, ended.Snapshot.ExitCode);
        Assert.Contains("restart 1 of 2 in 0 s", app.Log, StringComparison.Ordinal);
        Assert.Contains("restart 2 of 2 in 0 s", app.Log, StringComparison.Ordinal);
        Assert.Contains("given up after 2 restarts", app.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Crash_KilledFromOutside_RunsAgainAsAnotherProcess()
    {
        await using var app = await RunningApp.StartAsync(builder => builder.AddShell("service", Shell.Forever));
        var first = RunningApp.ProcessOf(await app.States.WaitForResourceHealthyAsync("service"));

        using (var process = Process.GetProcessById(first))
        {
            process.Kill();
        }

        var second = await app.WaitAsync(
            "service", e => e.Snapshot.State?.Text == KnownResourceStates.Running && RunningApp.ProcessOf(e) != first);
        Assert.NotEqual(first, RunningApp.ProcessOf(second));
        Assert.Contains("service ended with code 137", app.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_ByCommand_RunsAsAnotherProcess()
    {
        await using var app = await RunningApp.StartAsync(builder => builder.AddShell("service", Shell.Forever));
        var first = RunningApp.ProcessOf(await app.States.WaitForResourceHealthyAsync("service"));

        await app.Commands.ExecuteCommandAsync("service", KnownResourceCommands.RestartCommand);

        await app.WaitAsync("service", e => e.Snapshot.State?.Text == KnownResourceStates.Running && RunningApp.ProcessOf(e) != first);
    }

    [Fact]
    public void OnCrash_SeveralInARow_DoublesTheDelayUntilItGivesUp()
    {
        var policy = new RestartPolicy(TimeSpan.FromSeconds(1), restartsMax: 3, stableAfter: TimeSpan.FromMinutes(1));

        var delays = Enumerable.Range(0, 4).Select(_ => policy.OnCrash(TimeSpan.FromSeconds(1))).ToArray();

        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), null], delays);
    }

    [Fact]
    public void OnCrash_AfterAStableRun_StartsCountingAnew()
    {
        var policy = new RestartPolicy(TimeSpan.FromSeconds(1), restartsMax: 1, stableAfter: TimeSpan.FromMinutes(1));
        policy.OnCrash(TimeSpan.FromSeconds(1));

        var delay = policy.OnCrash(TimeSpan.FromMinutes(1));

        Assert.Equal((TimeSpan.FromSeconds(1), 1), (delay, policy.Restarts));
    }
}
