namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class KilledAppHostTests
{
    [Fact]
    public async Task Sigterm_SuiteRunning_StopsItInOrderAndEndsWithZero()
    {
        using var data = new TemporaryFolder();
        using var host = SampleAppHost.Start($"--StandIn:DataDirectory={data.Path}", "--StandIn:GracePeriod=00:01:00");
        await host.ReadUntilAsync("front is ready");
        var tree = Processes.Below(host.Id);

        host.Terminate();
        await host.ReadUntilAsync("front        |       Application is shutting down");
        await host.ReadUntilAsync("back         |       Application is shutting down");
        await host.ReadUntilAsync("postgres     | ");
        await host.ReadUntilAsync("apphost      | stopped");

        Assert.Equal(0, await host.EndAsync());
        Assert.DoesNotContain(tree, Processes.IsAlive);
    }

    [Fact]
    public async Task Sigkill_SuiteRunning_LeavesNoProcess()
    {
        using var data = new TemporaryFolder();
        using var host = SampleAppHost.Start($"--StandIn:DataDirectory={data.Path}");
        await host.ReadUntilAsync("front is ready");
        var tree = Processes.Below(host.Id);

        host.Kill();

        // Two services, the broker, the watchdog, PostgreSQL and its own children.
        Assert.Contains(tree, p => p.Command == "postgres");
        Assert.True(tree.Count(p => p.Command == "dotnet") >= 3, string.Join(", ", tree));
        using var patience = new CancellationTokenSource(RunningApp.Patience);
        while (tree.Any(Processes.IsAlive))
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
