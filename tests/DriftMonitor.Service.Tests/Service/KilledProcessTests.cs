namespace RateLimitSuite.DriftMonitor.Tests.Service;

/// <summary>The deployed process killed again and again: its successor goes on from what was committed, rows and offsets together.</summary>
public class KilledProcessTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Service_KilledWhileItReadsAndWrites_LosesAndDoublesNothing()
    {
        await service.StopAsync();   // the one in this process
        await using var killed = new ServiceProcess(service.Arguments);
        var start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddSeconds(-50).ToUnixTimeSeconds());
        var next = 0;
        async Task SendUntilAsync(int second)
        {
            for (; next < second; next++)
            {
                await service.SendSecondAsync(start.AddSeconds(next), prediction: 20);
            }
        }

        // With open windows in memory and rows of closed ones written.
        killed.Start();
        await SendUntilAsync(12);
        await service.UntilAsync("SELECT count(*) > 0 FROM claw_metrics");
        await killed.KillAsync();

        // Just as it has more to read.
        killed.Start();
        await SendUntilAsync(20);
        await service.UntilAsync("SELECT max(decisions_offset) > 12 FROM drift_checkpoints");
        await killed.KillAsync();

        // Before it can have joined its group.
        killed.Start();
        await SendUntilAsync(28);
        await killed.KillAsync();

        killed.Start();
        await SendUntilAsync(35);
        await service.UntilAsync("SELECT count(*) = 3 * 30 FROM claw_metrics");
        Assert.Equal(0L, await service.ScalarAsync("SELECT count(*) FROM (SELECT FROM claw_metrics GROUP BY request_ts HAVING count(*) <> 3) AS odd"));
        Assert.Equal(60L * 30, await service.ScalarAsync("SELECT sum(decisions)::bigint FROM claw_metrics"));
        await service.UntilAsync("SELECT max(decisions_offset) = 35 AND max(outcomes_offset) = 35 FROM drift_checkpoints");
        Assert.Equal("0 late, 0 duplicates, 0 unmatched, 0 dropped", await service.ScalarAsync(
            "SELECT format('%s late, %s duplicates, %s unmatched, %s dropped', sum(late), sum(duplicates), sum(unmatched), sum(dropped)) FROM drift_checkpoints"));
    }
}
