using Npgsql;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Audit.Tests;

public sealed class AuditCommandsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("audit-tests");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("10 20", false, 0)]
    [InlineData("10 20", true, 0)]
    [InlineData("10 2000", false, 1)]    // the busy edge cases reach the second leaf
    [InlineData("0 20", false, 1)]       // strictly over 0
    public async Task Validate_EdgeCases_DecideByTheEnvelope(string leaves, bool strict, int expected)
    {
        var (exit, output) = await Run(["validate", "--model", Model(leaves), .. strict ? ["--strict"] : Array.Empty<string>()]);

        Assert.True(exit == expected, output);
    }

    [Fact]
    public async Task Validate_OnlyACornerOutside_FailsWhenStrict()
    {
        // Over 1000 only for a volume that no edge case has together with a risk of at most 0.5.
        var model = Write("model.txt", Text("split_feature=0 2\nthreshold=4000 0.5\ndecision_type=2 2\nleft_child=-1 -2\nright_child=1 -3\nleaf_value=10 2000 20\nleaf_count=5 5 5\ninternal_count=15 10", 3));

        Assert.Equal(0, (await Run(["validate", "--model", model])).Exit);
        Assert.Equal(1, (await Run(["validate", "--model", model, "--strict"])).Exit);
    }

    [Fact]
    public async Task Validate_ModelOfOtherFeatures_IsAUsageError()
    {
        var model = Write("model.txt", Text("split_feature=0\nthreshold=1\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=1 2\nleaf_count=1 1\ninternal_count=2", 2).Replace("client_risk", "mood", StringComparison.Ordinal));

        Assert.Equal(2, (await Run(["validate", "--model", model])).Exit);
    }

    [Fact]
    public async Task Importance_OnlyVolumeMatters_WritesItAndComparesWithTheBaseline()
    {
        await using var database = await RowsAsync();
        var (model, result) = (Model("10 20"), Path.Combine(_folder.FullName, "feature_importance.json"));
        string[] arguments = ["importance", "--model", model, "--database", database.ConnectionString, "--out", result];

        Assert.Equal(0, (await Run(arguments)).Exit);
        var importance = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, double>>(await File.ReadAllTextAsync(result))!;
        Assert.True(importance["request_volume"] > 1);
        Assert.Equal(0, importance["avg_latency"]);

        Assert.Equal(0, (await Run([.. arguments, "--baseline", Write("same.json", await File.ReadAllTextAsync(result))])).Exit);
        Assert.Equal(1, (await Run([.. arguments, "--baseline", Write("other.json", """{"request_volume": 1, "avg_latency": 1}""")])).Exit);
    }

    [Fact]
    public async Task Provenance_LiveTable_FailsOnceAColumnIsGone()
    {
        await using var database = await RowsAsync();
        Write("claw.avsc", """{"type": "record", "name": "claw_metrics", "fields": [{"name": "avg_latency", "type": "double"}]}""");
        var catalog = Write("data-catalog.yaml", "datasets:\n- {name: claw_metrics, version: v1, source: 'postgres:claw_metrics', schema: claw.avsc}\n");
        string[] arguments = ["provenance", "--catalog", catalog, "--database", database.ConnectionString];
        Assert.Equal(0, (await Run(arguments)).Exit);

        await ExecuteAsync(database, "ALTER TABLE claw_metrics DROP COLUMN avg_latency");

        var (exit, output) = await Run(arguments);
        Assert.Equal(1, exit);
        Assert.Contains("lacks avg_latency", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Provenance_SuitesOwnCatalog_HasTheSchemaItPins()
    {
        var (exit, output) = await Run(["provenance", "--catalog", Path.Combine(RepositoryRoot(), "data-catalog.yaml")]);

        Assert.True(exit == 0, output);
        Assert.Contains("matches", output, StringComparison.Ordinal);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RateLimitSuite.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("There is no RateLimitSuite.sln above the tests.");
        }

        return folder.FullName;
    }

    private async Task<NpgsqlDataSource> RowsAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        await ExecuteAsync(
            database,
            """
            CREATE TABLE claw_metrics AS
            SELECT now() - n * interval '1 second' AS request_ts, (n % 10)::float8 AS request_volume, 0.1::float8 AS avg_latency, 0.5::float8 AS client_risk,
                   12::float8 AS hour_of_day, 0::float8 AS request_size, 1::float8 AS ip_reputation,
                   (CASE WHEN n % 10 > 5 THEN 20 ELSE 10 END)::float8 AS actual_refill_rate
            FROM generate_series(1, 500) AS n
            """);
        return database;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    // One split: volumes up to 5 requests/s get the first leaf.
    private string Model(string leaves) => Write(
        "model.txt", Text($"split_feature=0\nthreshold=5\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value={leaves}\nleaf_count=6 4\ninternal_count=10", 2));

    private static string Text(string tree, int leaves) =>
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=5\nobjective=regression\n"
        + "feature_names=request_volume avg_latency client_risk hour_of_day request_size ip_reputation\n\n"
        + $"Tree=0\nnum_leaves={leaves}\n{tree}\n\nend of trees\n";

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(int Exit, string Output)> Run(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await AuditProgram.RunAsync(arguments, output, error);
        return (exit, output.ToString() + error);
    }
}
