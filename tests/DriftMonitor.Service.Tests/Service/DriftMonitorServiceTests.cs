using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.DriftMonitor.Tests.Service;

/// <summary>Events in, rows, verdict, alert and retraining out; in one process after the other. The order of the parts matters, so it is one test.</summary>
public class DriftMonitorServiceTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Service_PredictionsFarOff_AlertsAndHasAModelTrained()
    {
        service.Trainer.Breaks = 1;   // Trainer is killed once on the way.
        var start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddSeconds(-40).ToUnixTimeSeconds() / 5 * 5);
        for (var second = 0; second < 20; second++)
        {
            await service.SendSecondAsync(start.AddSeconds(second), prediction: 500);   // some 20 would be right
        }

        await service.SendAsync(Topics.Decisions, 0, [0xFF, 0xFF, 0xFF]);   // no batch at all
        await service.UntilAsync("SELECT count(*) = 3 * 15 FROM claw_metrics");   // two windows wait for reports, three more for the windows of their label

        // The next process goes on where this one stopped.
        await service.StopAsync();
        await service.StartAsync();
        for (var second = 20; second < 35; second++)
        {
            await service.SendSecondAsync(start.AddSeconds(second), prediction: 500);
        }

        await service.UntilAsync("SELECT count(*) = 3 * 30 FROM claw_metrics");
        Assert.Equal(0L, await service.ScalarAsync("SELECT count(*) FROM (SELECT FROM claw_metrics GROUP BY request_ts HAVING count(*) <> 3) AS odd"));
        Assert.Equal(0L, await service.ScalarAsync("SELECT sum(late + duplicates + unmatched)::bigint FROM drift_checkpoints"));

        await service.UntilAsync("SELECT count(*) > 0 FROM drift_trips WHERE state = 'done'");
        var asked = service.Trainer.Requests.ToArray();
        Assert.Equal(2, asked.Length);   // the one that broke off, and again under the same key
        Assert.Equal(asked[0].Key, asked[1].Key);
        Assert.StartsWith("m1@", asked[0].Key, StringComparison.Ordinal);
        Assert.Equal("drift", asked[0].Reason);

        await service.UntilAsync("SELECT bool_and(published) FROM drift_alerts");
        var client = service.Client();
        var alert = Assert.Single((await client.ListAlertsAsync(new())).Alerts, a => a.FollowedBy.Length > 0 && a.Name == "drift" && a.FollowedBy.Contains("m2", StringComparison.Ordinal));
        Assert.Equal(("mae", "m1"), (alert.Detector, alert.ModelVersion));

        var status = await client.GetStatusAsync(new());
        Assert.Equal(Verdict.Drift, status.Verdict);
        Assert.True(status.Mae.Value > 10);   // (500 - 30) / 20
        Assert.Equal(0.15, status.Mae.Limit);
        Assert.True(status.RowsWritten == 90);

        var arms = (await client.GetArmStatisticsAsync(new() { From = start.ToTimestamp(), To = start.AddSeconds(10).ToTimestamp(), Block = Duration.FromTimeSpan(TimeSpan.FromSeconds(4)) })).Arms;
        var arm = Assert.Single(arms);
        Assert.Equal(("model", "m1", 600UL, 30UL), (arm.Arm, arm.ModelVersion, arm.Decisions, arm.Rows));
        Assert.InRange(arm.LatencyP99S, 0.009, 0.011);
        Assert.Equal(0, arm.FailureShare);
        Assert.Equal([240UL, 240UL, 120UL], arm.Blocks.Select(block => block.Decisions));
        Assert.All(arm.Blocks, block => Assert.InRange(block.LatencyP99S, 0.009, 0.011));

        Assert.NotEmpty((await client.GetSeriesAsync(new())).Points);
        var unset = await Assert.ThrowsAsync<RpcException>(async () => await client.GetArmStatisticsAsync(new()));
        Assert.Equal(StatusCode.InvalidArgument, unset.StatusCode);
        var tooMany = await Assert.ThrowsAsync<RpcException>(async () => await client.GetArmStatisticsAsync(
            new() { From = start.ToTimestamp(), To = start.AddSeconds(10).ToTimestamp(), Block = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(1)) }));
        Assert.Contains("block is", tooMany.Status.Detail, StringComparison.Ordinal);
        var stranger = await Assert.ThrowsAsync<RpcException>(async () => await service.Client(role: null).GetStatusAsync(new()));
        Assert.Equal(StatusCode.Unauthenticated, stranger.StatusCode);
    }
}
