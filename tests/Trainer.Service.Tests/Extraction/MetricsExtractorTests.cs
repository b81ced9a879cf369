using RateLimitSuite.Contracts;
using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Tests.Extraction;

public sealed class MetricsExtractorTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Traffic Now = new() { Start = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(10) };

    [Fact]
    public async Task ExtractAsync_WrittenRows_ComeBackInOrderAndExactly()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await ClawMetrics.CreateAsync(database);
        await ClawMetrics.InsertAsync(database, Now.Rows(200));

        var rows = await new MetricsExtractor(database, TimeProvider.System).ExtractAsync(FeatureSchema.V1, TimeSpan.FromDays(7), 1_000, null, CancellationToken.None);

        var expected = Now.Columns(200);
        Assert.Equal(200, rows.Count);
        Assert.Equal(expected.Label, rows.Label);
        Assert.Equal(expected.Features[FeatureSchema.RequestVolume], rows.Features[FeatureSchema.RequestVolume]);
        Assert.Equal(expected.Features[FeatureSchema.IpReputation], rows.Features[FeatureSchema.IpReputation]);
        Assert.All(rows.Prediction, prediction => Assert.True(double.IsNaN(prediction)));
    }

    [Fact]
    public async Task ExtractAsync_MoreThanTheMaximum_KeepsTheNewest()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await ClawMetrics.CreateAsync(database);
        await ClawMetrics.InsertAsync(database, Now.Rows(200));

        var rows = await new MetricsExtractor(database, TimeProvider.System).ExtractAsync(FeatureSchema.V1, TimeSpan.FromDays(7), 40, null, CancellationToken.None);

        Assert.Equal(Now.Columns(200).Label.TakeLast(40), rows.Label);
        Assert.Equal(40, rows.Count);
    }

    [Fact]
    public async Task ExtractAsync_DamagedRows_AreLeftOutAndCounted()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await ClawMetrics.CreateAsync(database);
        var damaged = new Traffic
        {
            Start = Now.Start,
            Alter = (i, row) =>
            {
                switch (i)
                {
                    case 0: row.Features[FeatureSchema.ClientRisk] = 7; break;
                    case 1: row.Features[FeatureSchema.AverageLatency] = double.NaN; break;
                    case 2: row.Label = null; break;
                    case 3: row.SchemaHash = "other"; break;
                    case 4: row.Low = row.High + 1; break;
                }
            },
        };
        await ClawMetrics.InsertAsync(database, damaged.Rows(100));

        var rows = await new MetricsExtractor(database, TimeProvider.System).ExtractAsync(FeatureSchema.V1, TimeSpan.FromDays(7), 1_000, null, CancellationToken.None);

        Assert.Equal((95, 2L, 1L, 1L, 1L), (rows.Count, rows.OutOfRange, rows.Missing, rows.Unlabelled, rows.OtherSchema));
        Assert.Contains("client_risk is 7", rows.FirstFault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExtractAsync_StoppedWhileItReads_EndsAndLeavesTheConnectionsUsable()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await ClawMetrics.CreateAsync(database);
        await ClawMetrics.InsertAsync(database, Now.Rows(40_000));
        var extractor = new MetricsExtractor(database, TimeProvider.System);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            extractor.ExtractAsync(FeatureSchema.V1, TimeSpan.FromDays(7), 40_000, new StopAtOnce(stop), stop.Token));

        Assert.Equal(10, await extractor.CountAsync(TimeSpan.FromDays(7), 10, CancellationToken.None));
    }

    [Fact]
    public async Task CountAsync_NoTable_IsZero()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        Assert.Equal(0, await new MetricsExtractor(database, TimeProvider.System).CountAsync(TimeSpan.FromDays(7), 10, CancellationToken.None));
    }

    [Fact]
    public async Task CountAsync_OldAndUnlabelledRows_CountOnlyTheRest()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await ClawMetrics.CreateAsync(database);
        await ClawMetrics.InsertAsync(database, Now.Rows(30));
        await ClawMetrics.InsertAsync(database, new Traffic { Start = Now.Start - TimeSpan.FromDays(8) }.Rows(30));
        await ClawMetrics.InsertAsync(database, new Traffic { Start = Now.Start - TimeSpan.FromHours(1), Alter = (_, row) => row.Label = null }.Rows(30));

        Assert.Equal(30, await new MetricsExtractor(database, TimeProvider.System).CountAsync(TimeSpan.FromDays(7), 1_000, CancellationToken.None));
    }

    private sealed class StopAtOnce(CancellationTokenSource source) : IProgress<long>
    {
        public void Report(long value) => source.Cancel();
    }
}
