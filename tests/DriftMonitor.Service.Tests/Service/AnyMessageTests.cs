using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.DriftMonitor.Tests.Service;

/// <summary>What nobody should send is refused by name or counted, and nothing else suffers.</summary>
public sealed class AnyMessageTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const int Rounds = 100;

    [Fact]
    public async Task Calls_AnyFieldsAndAnyBytes_AreAnsweredOrRefused()
    {
        var fuzz = new ServiceFuzz(service.Invoker(), DriftMonitorApi.Descriptor, service.Headers(SuiteRoles.Viewer));

        var refused = await fuzz.AnyFieldsAsync(Rounds, seed: 13);
        await fuzz.AnyBytesAsync();

        Assert.InRange(refused, 50, 4 * Rounds);
    }

    [Fact]
    public async Task Records_AnyFields_LeaveTheRowsOfWhatIsSound()
    {
        var fuzz = new FieldFuzz(14);
        var start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddSeconds(-30).ToUnixTimeSeconds());
        for (var second = 0; second < 12; second++)
        {
            for (var i = 0; i < 20; i++)
            {
                await service.SendAsync(Topics.Decisions, 0, Google.Protobuf.MessageExtensions.ToByteArray(fuzz.Make<DecisionBatch>()));
                await service.SendAsync(Topics.Outcomes, 0, Google.Protobuf.MessageExtensions.ToByteArray(fuzz.Make<OutcomeBatch>()));
            }

            await service.SendSecondAsync(start.AddSeconds(second), prediction: 20);
        }

        // Of twelve windows some wait for the windows of their label; of the rest no client's row is missing or double.
        await service.UntilAsync("SELECT count(*) >= 3 * 5 FROM claw_metrics WHERE client_id IN ('c0', 'c1', 'c2')");
        Assert.Equal(0L, await service.ScalarAsync(
            "SELECT count(*) FROM (SELECT FROM claw_metrics WHERE client_id IN ('c0', 'c1', 'c2') GROUP BY request_ts HAVING count(*) <> 3) AS odd"));
        Assert.True((await service.Client().GetStatusAsync(new())).RowsWritten >= 3 * 5);
    }
}
