using System.Text.Json;
using System.Xml.Linq;
using Npgsql;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Audit.Tests;

/// <summary>Commands on the tables that the services' own scripts make.</summary>
public sealed class TableCommandsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("audit-tables-");
    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        var (exit, output) = await Run("migrate");
        Assert.True(exit == 0, output);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Migrate_FreshThenAgain_AppliesEveryOwnersScriptsOnce()
    {
        Assert.Equal(4L, await ScalarAsync("SELECT count(DISTINCT owner) FROM suite_migrations"));

        var (exit, output) = await Run("migrate");

        Assert.Equal(0, exit);
        Assert.DoesNotContain("applied", output, StringComparison.Ordinal);
        Assert.Equal(0, (await Run("migrate", "--check")).Exit);
        await ExecuteAsync("UPDATE suite_migrations SET sha256 = repeat('0', 64) WHERE owner = 'explainer'");
        Assert.Equal(1, (await Run("migrate", "--check")).Exit);
    }

    [Fact]
    public async Task Provenance_SuitesCatalog_HoldsOfEveryTableThatMigrateMakes()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "RateLimitSuite.sln")))
        {
            root = root.Parent!;
        }

        var (exit, output) = await Run("provenance", "--strict", "--catalog", Path.Combine(root.FullName, "data-catalog.yaml"));

        Assert.True(exit == 0, output);
        await ExecuteAsync("ALTER TABLE drift_alerts RENAME COLUMN detector TO sensor");
        Assert.Equal(1, (await Run("provenance", "--catalog", Path.Combine(root.FullName, "data-catalog.yaml"))).Exit);
    }

    [SharedDataFact("catalog/data-catalog.yaml")]
    public async Task Provenance_CatalogInTheGivenForm_IsAcceptedAsItIs()
    {
        var (exit, output) = await Run("provenance", "--catalog", SharedData.PathOf("catalog/data-catalog.yaml"));

        Assert.True(exit == 0, output);
    }

    [Fact]
    public async Task Model_PushedThenPulled_IsTheSameBytesUnderItsHash()
    {
        var model = Write("model.txt", Model);
        var (exit, version) = await Run("model", "push", "--model", model, "--reason", "a trial");
        Assert.True(exit == 0, version);

        var copy = Path.Combine(_folder.FullName, "copy.txt");
        var (pulled, said) = await Run("model", "pull", "--version", version.Trim(), "--out", copy);

        Assert.True(pulled == 0, said);
        Assert.Equal(await File.ReadAllBytesAsync(model), await File.ReadAllBytesAsync(copy));
        Assert.Equal("candidate", await ScalarAsync("SELECT state FROM registry_models"));
        Assert.Equal("a trial", await ScalarAsync("SELECT reason FROM registry_history"));
        Assert.Equal(2, (await Run("model", "pull", "--version", version.Trim(), "--sha256", new string('0', 64), "--out", copy)).Exit);
        Assert.Equal(2, (await Run("model", "push", "--model", model, "--reason", "x", "--sha256", new string('0', 64))).Exit);
        Assert.Equal(2, (await Run("model", "pull", "--out", copy)).Exit);   // there is no champion
    }

    [Fact]
    public async Task ShapReport_SampledAndNamed_DrawsPicturesWithAnIndex()
    {
        await ExecuteAsync(
            """
            INSERT INTO explanations (decided_at, request_id, client_id, subnet, allowed, decided_by, reason, policy, backend, prediction, refill_rate, base_value,
                                      shap, features, model_version, mode, background_id, sampled)
            SELECT now(), 'r<' || n || '>', 'c', '10.0.0.0/24', false, 1, 2, 'p', '', 20 - n, 20 - n, 20, ARRAY[-n, 0, 0, 0, 0, 0]::float8[], ARRAY[n, 0, 0, 0, 0, 1]::float8[],
                   'm', 'interventional', 'b', 1 FROM generate_series(1, 30) AS n
            """);
        var folder = Path.Combine(_folder.FullName, "plots");

        var (exit, output) = await Run("shap-report", "--count", "5", "--out", folder);

        Assert.True(exit == 0, output);
        Assert.Equal(5, Directory.GetFiles(folder, "waterfall-*.svg").Length);
        Assert.Equal("svg", XElement.Load(Path.Combine(folder, "beeswarm.svg")).Name.LocalName);
        Assert.Contains("5 requests of 30 explanations", await File.ReadAllTextAsync(Path.Combine(folder, "index.html")), StringComparison.Ordinal);
        Assert.DoesNotContain("r<", await File.ReadAllTextAsync(Path.Combine(folder, "index.html")), StringComparison.Ordinal);

        var named = Path.Combine(_folder.FullName, "named");
        var (shown, said) = await Run("shap-report", "--request", "r<7>", "--out", named);
        Assert.True(shown == 0, said);
        Assert.Contains("r&lt;7&gt;", await File.ReadAllTextAsync(Path.Combine(named, "waterfall-001.svg")), StringComparison.Ordinal);
        Assert.Equal(2, (await Run("shap-report", "--request", "never-was", "--out", named)).Exit);
        Assert.Equal(2, (await Run("shap-report", "--count", "0")).Exit);
    }

    [Fact]
    public async Task Fairness_OneTierIsThrottledWrongly_ShowsAndFailsItWhereALimitIsSet()
    {
        await ExecuteAsync("CREATE TABLE claw_today PARTITION OF claw_metrics DEFAULT");
        await ExecuteAsync(
            """
            INSERT INTO claw_metrics
            SELECT now() - n * interval '1 second', 1, 0.1, CASE WHEN n % 2 = 0 THEN 0.1 ELSE 0.9 END, 12, 10, 0, 1, 'c' || n, CASE WHEN n % 10 = 0 THEN 'free' ELSE 'paid' END, 'b',
                   100, 0, CASE WHEN n % 10 = 0 THEN 5 ELSE 0 END, 0, 10, 10, 9, 11, 1, false, 0, 0, 0, 'model', 'm', 'h' FROM generate_series(1, 200) AS n
            """);
        var json = Path.Combine(_folder.FullName, "fairness.json");

        var (exit, output) = await Run("fairness", "--out", json);

        Assert.True(exit == 0, output);
        var groups = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(json)).EnumerateArray()
            .ToDictionary(g => g.GetProperty("group").GetString()!, g => g.GetProperty("rate").GetDouble());
        Assert.Equal((0.005, 0.05, 0.0), (groups["everybody"], groups["free"], groups["paid"]));   // 20 × 5 of 20,000; of 2,000
        Assert.Contains("not known", groups.Keys);
        Assert.Equal(1, (await Run("fairness", "--limit", "0.01")).Exit);
        Assert.Equal(0, (await Run("fairness", "--limit", "0.1")).Exit);
    }

    private const string Model =
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=5\nobjective=regression\n"
        + "feature_names=request_volume avg_latency client_risk hour_of_day request_size ip_reputation\n\n"
        + "Tree=0\nnum_leaves=2\nsplit_feature=0\nthreshold=5\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=10 20\nleaf_count=6 4\ninternal_count=10\n\nend of trees\n";

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<(int Exit, string Output)> Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] all = arguments[0] == "model" ? [.. arguments[..2], "--database", _database.ConnectionString, .. arguments[2..]] : [arguments[0], "--database", _database.ConnectionString, .. arguments[1..]];
        var exit = await AuditProgram.RunAsync(all, output, error);
        return (exit, exit == 0 ? output.ToString() : output.ToString() + error);
    }
}
