using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Promotion;
using RateLimitSuite.Trainer.Tests.Service;

namespace RateLimitSuite.Trainer.Tests.Promotion;

public sealed class DriftMonitorEvidenceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task GetAsync_TermEndsDuringTheCall_IsCancelledAndNoFault()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var monitor = await FakeDriftMonitor.StartAsync(new(database));
        using var term = new CancellationTokenSource();
        await term.CancelAsync();

        var ended = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GetAsync(monitor.Address, term.Token));

        Assert.Equal(term.Token, ended.CancellationToken);
    }

    [Fact]
    public async Task GetAsync_DriftMonitorAway_IsNoEvidence() => Assert.Null(await GetAsync("http://127.0.0.1:9", CancellationToken.None));

    private static async Task<Arms?> GetAsync(string address, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(address);
        var now = TimeProvider.System.GetUtcNow();
        return await new DriftMonitorEvidence(new DriftMonitorApi.DriftMonitorApiClient(channel), TimeProvider.System, NullLogger<DriftMonitorEvidence>.Instance)
            .GetAsync(now - TimeSpan.FromMinutes(1), now, TimeSpan.FromSeconds(10), cancellationToken);
    }
}
