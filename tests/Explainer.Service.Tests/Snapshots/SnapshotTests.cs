using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Contracts;
using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.Explainer.Snapshots;
using RateLimitSuite.Explainer.Tests.Explanations;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Explainer.Tests.Snapshots;

public sealed class SnapshotTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SnapshotStore _store = new(postgres.DataSource, FeatureSchema.V1);

    public async Task InitializeAsync()
    {
        await using var script = typeof(SnapshotStore).Assembly.GetManifestResourceStream(
            typeof(SnapshotStore).Assembly.GetManifestResourceNames().Single(n => n.EndsWith("0002_shap_hours.sql", StringComparison.Ordinal)))!;
        await using var command = postgres.DataSource.CreateCommand("DROP TABLE IF EXISTS shap_hours; " + await new StreamReader(script).ReadToEndAsync());
        await command.ExecuteNonQueryAsync();
    }

    public async Task DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public void Add_Explanations_AreWeightedByWhatTheyStandFor()
    {
        var sums = Sums();
        sums.Add(Explained(Noon.AddMinutes(5), 4) with { Sampled = 0.25 });
        sums.Add(Explained(Noon.AddMinutes(59), -2) with { Allowed = true });

        var (key, sum) = Assert.Single(sums.Read());

        Assert.Equal(Noon, key.Hour);
        Assert.Equal((2, 5), (sum.Count, sum.Weight));                       // 1 / 0.25 + 1
        Assert.Equal(14 / 5.0, sum.Shap[0] / sum.Weight, 12);                // (4 · 4 − 2) / 5
        Assert.Equal(18 / 5.0, sum.AbsShap[0] / sum.Weight, 12);
        Assert.Equal(0.8, sum.Throttled / sum.Weight, 12);
        Assert.Equal((4 * 0.2 + 0.1) / 5, sum.Magnitude / sum.Weight, 12);   // |φ| over the base value of 20
    }

    [Fact]
    public void Add_OtherHourModelOrMode_IsApart()
    {
        var sums = Sums();
        sums.Add(Explained(Noon, 1));
        sums.Add(Explained(Noon.AddHours(1), 1));
        sums.Add(Explained(Noon, 1) with { ModelVersion = "other" });
        sums.Add(Explained(Noon, 1) with { Mode = ShapModes.Interventional });

        Assert.Equal(4, sums.Read().Count);
        sums.CloseBefore(Noon.AddHours(1));
        Assert.Equal(Noon.AddHours(1), Assert.Single(sums.Read()).Key.Hour);
    }

    [Fact]
    public void Add_MoreModelsThanFit_AreLeftOut()
    {
        var sums = Sums();
        for (var i = 0; i < 100; i++)
        {
            sums.Add(Explained(Noon, 1) with { ModelVersion = $"m{i}" });
        }

        Assert.Equal(64, sums.Read().Count);
    }

    [Fact]
    public async Task Write_TwoRunsAndOneAgain_AddsRunsAndReplacesTheSame()
    {
        var first = Sums();
        first.Add(Explained(Noon, 1));
        var run = Guid.NewGuid();
        await _store.WriteAsync(first.Read(), run, CancellationToken.None);
        first.Add(Explained(Noon, 3));
        await _store.WriteAsync(first.Read(), run, CancellationToken.None);
        var second = Sums();
        second.Add(Explained(Noon, 5));
        await _store.WriteAsync(second.Read(), Guid.NewGuid(), CancellationToken.None);

        var (_, sum) = Assert.Single(await _store.ReadAsync(Noon, Noon.AddHours(1), CancellationToken.None));

        Assert.Equal((3, 9.0), (sum.Count, sum.Shap[0]));   // 1 + 3 of the first run, 5 of the second
        Assert.Empty(await _store.ReadAsync(Noon.AddHours(1), Noon.AddHours(2), CancellationToken.None));
        await _store.DropBeforeAsync(Noon.AddHours(1), CancellationToken.None);
        Assert.Empty(await _store.ReadAsync(Noon, Noon.AddHours(1), CancellationToken.None));
    }

    private HourlySums Sums() => new(
        FeatureSchema.V1.Count, new ExplainerMetrics(_services.GetRequiredService<IMeterFactory>(), FeatureSchema.V1, TimeProvider.System));

    private static ExplainedDecision Explained(DateTimeOffset at, double shap) =>
        NearestExplanationsTests.Explained("r", [shap, 0, 0, 0, 0, 0]) with { DecidedAt = at };
}
