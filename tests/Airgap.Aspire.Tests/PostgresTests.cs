using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class PostgresTests
{
    [Fact]
    public async Task Start_DataOfAnEarlierRunAndAnotherPassword_ServesTheDataWithTheNewPassword()
    {
        using var data = new TemporaryFolder();
        await using (var first = await StartAsync(data, "first-password"))
        {
            await ExecuteAsync(first, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)");
        }

        await using var second = await StartAsync(data, "second'password");

        Assert.Equal(42, await ExecuteAsync(second, "SELECT n FROM kept"));
        Assert.DoesNotContain("making a new cluster", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WrongPassword_IsRefusedOnLoopback()
    {
        using var data = new TemporaryFolder();
        await using var app = await StartAsync(data, "right");
        var wrong = new NpgsqlConnectionStringBuilder(await ConnectionStringOf(app)) { Password = "wrong", Pooling = false };

        await using var connection = new NpgsqlConnection(wrong.ConnectionString);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact]
    public async Task Start_NoPrograms_SaysHowToInstallThemAndHowToDoWithout()
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => RunningApp.StartAsync(
            builder => builder.AddPostgres("postgres"), "--StandIn:PostgresPrograms=/nowhere"));

        Assert.Contains("Resource 'postgres' needs PostgreSQL", error.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install postgresql", error.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:suite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AnotherServerOnTheSameData_SaysWhichAndWhatToDo()
    {
        using var data = new TemporaryFolder();
        await using var first = await StartAsync(data, "password");
        await using var second = await RunningApp.StartAsync(
            builder => builder.AddPostgres("postgres", password: builder.AddParameter("password", "password", secret: true)),
            $"--StandIn:DataDirectory={data.Path}");

        await second.WaitForStateAsync("postgres", KnownResourceStates.FailedToStart);

        Assert.Matches("Another PostgreSQL \\(process [0-9]+\\) runs on .*set StandIn:DataDirectory", second.Log);
    }

    private static async Task<RunningApp> StartAsync(TemporaryFolder data, string password)
    {
        var app = await RunningApp.StartAsync(
            builder => builder.AddPostgres("postgres", password: builder.AddParameter("password", password, secret: true)).AddDatabase("suite"),
            $"--StandIn:DataDirectory={data.Path}");
        await app.HealthyAsync("suite");
        return app;
    }

    private static async Task<string> ConnectionStringOf(RunningApp app)
    {
        var model = app.Services.GetRequiredService<DistributedApplicationModel>();
        return (await model.Resources.OfType<PostgresDatabaseResource>().Single().ConnectionStringExpression.GetValueAsync(CancellationToken.None))!;
    }

    private static async Task<object?> ExecuteAsync(RunningApp app, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(await ConnectionStringOf(app)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // The test's own text.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
