using RateLimitSuite.TestSupport;

namespace RateLimitSuite.DriftMonitor.Tests.Service;

/// <summary>PostgreSQL killed under the running service: it goes on by itself when the server is back.</summary>
public class KilledDatabaseServiceTests(OwnServerFixture service) : IClassFixture<OwnServerFixture>
{
    [Fact]
    public async Task Service_ServerKilledAroundItsCommits_GoesOnAndLosesAndDoublesNothing()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddSeconds(-50).ToUnixTimeSeconds());
        var next = 0;
        async Task SendUntilAsync(int second)
        {
            for (; next < second; next++)
            {
                await service.SendSecondAsync(start.AddSeconds(next), prediction: 20);
            }
        }

        await SendUntilAsync(12);
        await service.UntilAsync("SELECT count(*) > 0 FROM claw_metrics");

        // Rows and offsets are on disk, and the service never hears of it.
        await using (var barrier = await PostgresBarrier.AfterCommitAsync(service.Server))
        {
            await SendUntilAsync(20);
            await barrier.KillThereAsync();
            await barrier.StartAsync();
        }

        // Rows are on their way, and are gone.
        await using (var barrier = await PostgresBarrier.BeforeAsync(service.Server, "postgres", "drift_checkpoints", atCommit: true))
        {
            await SendUntilAsync(28);
            await barrier.KillThereAsync();
            await barrier.StartAsync();
        }

        await SendUntilAsync(35);
        await service.UntilAsync("SELECT count(*) = 3 * 30 FROM claw_metrics");
        Assert.Equal(0L, await service.ScalarAsync("SELECT count(*) FROM (SELECT FROM claw_metrics GROUP BY request_ts HAVING count(*) <> 3) AS odd"));
        Assert.Equal(60L * 30, await service.ScalarAsync("SELECT sum(decisions)::bigint FROM claw_metrics"));
        await service.UntilAsync("SELECT max(decisions_offset) = 35 AND max(outcomes_offset) = 35 FROM drift_checkpoints");
        Assert.Equal(0L, await service.ScalarAsync("SELECT sum(late + duplicates + unmatched)::bigint FROM drift_checkpoints"));
        await service.UntilAsync("SELECT count(*) >= 5 FROM drift_detector_windows");   // the judge goes on as well
    }
}
