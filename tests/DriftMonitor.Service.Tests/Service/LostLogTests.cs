namespace RateLimitSuite.DriftMonitor.Tests.Service;

/// <summary>A broker that lost everything it held: what was counted stays counted once, what comes after is read from the new log's beginning.</summary>
public class LostLogTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Service_BrokerLosesItsLog_ReadsTheNewOneFromItsBeginning()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddSeconds(-50).ToUnixTimeSeconds());
        for (var second = 0; second < 20; second++)
        {
            await service.SendSecondAsync(start.AddSeconds(second), prediction: 20);
        }

        await service.UntilAsync("SELECT count(*) = 3 * 15 FROM claw_metrics");
        await service.UntilAsync("SELECT max(decisions_offset) = 20 AND max(outcomes_offset) = 20 FROM drift_checkpoints");

        await service.Broker.StopAsync();
        await service.Broker.StartAsync();
        for (var second = 17; second < 35; second++)
        {
            await service.SendSecondAsync(start.AddSeconds(second), prediction: 20);   // the first three once more, as from a Limiter's spool
        }

        await service.UntilAsync("SELECT count(*) = 3 * 30 FROM claw_metrics");
        Assert.Equal(0L, await service.ScalarAsync("SELECT count(*) FROM (SELECT FROM claw_metrics GROUP BY request_ts HAVING count(*) <> 3) AS odd"));
        Assert.Equal(60L * 90 / 3, await service.ScalarAsync("SELECT sum(decisions)::bigint FROM claw_metrics"));
        await service.UntilAsync("SELECT max(decisions_offset) = 18 FROM drift_checkpoints");   // counted from the new log's beginning
        Assert.Equal(60L * 3 * 2, await service.ScalarAsync("SELECT (sum(duplicates) + sum(late))::bigint FROM drift_checkpoints"));
    }
}
