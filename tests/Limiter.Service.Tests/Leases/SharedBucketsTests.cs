using Npgsql;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Limiter.Tests.Leases;

/// <summary>Three real Limiters before one real PostgreSQL, all asked for the same clients at once.</summary>
public sealed class SharedBucketsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Clients = 6;
    private const double Rate = 60;        // tokens/s
    private const double Capacity = 600;   // of which a new bucket has half
    private const int BatchSize = 30;      // requests a message, five a client

    private static readonly TimeSpan Load = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("leases-").FullName;
    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await File.WriteAllTextAsync(
            PolicyFile, FormattableString.Invariant(
                $"""
                 domains:
                   - name: default
                     policies:
                       - name: shared
                         model: "off"
                         fallback_rate: {Rate}
                         capacity: {Capacity}
                         cold_start: 0.5
                         fail_mode: closed
                 """));
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Decide_ThreeReplicasOverloaded_AdmitWhatOneBucketWould()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var c = await StartAsync("c");

        var load = await LoadAsync(() => Task.CompletedTask, a, b, c);
        await Task.WhenAll(a.StopAsync(), b.StopAsync(), c.StopAsync());   // Hands the slices back.

        var left = await LeftAsync();
        Assert.True(load.Admitted <= One(load.End - load.Begin), $"{load.Admitted} admitted, over {One(load.End - load.Begin):N1}");
        Assert.InRange(load.Admitted + left.Tokens, 0.99 * One(left.At - load.Born), One(left.At - load.Begin));
        Assert.InRange(left.Tokens, 0, 0.1 * load.Admitted);   // Load was enough to empty the buckets.
    }

    [Fact]
    public async Task Decide_OneReplicaKilled_LosesAtMostItsSlices()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var c = await StartAsync("c");
        var slices = 0.0;

        var load = await LoadAsync(
            async () =>
            {
                await c.KillAsync();
                await UntilAsync(async () => await ConnectionsOfAsync("c") == 0);   // Its last statement may still be under way.
                slices = await SlicesOfAsync("c");
            },
            a, b, c);
        await Task.WhenAll(a.StopAsync(), b.StopAsync());

        var left = await LeftAsync();
        Assert.True(load.Admitted <= One(load.End - load.Begin), $"{load.Admitted} admitted, over {One(load.End - load.Begin):N1}");

        // Beside the slices what was admitted and died on its way to the gateway.
        Assert.InRange(load.Admitted + left.Tokens, (0.99 * One(left.At - load.Born)) - slices - BatchSize, One(left.At - load.Begin));
    }

    [Fact]
    public async Task Decide_PostgresAway_SpendsTheSliceThenFails()
    {
        var server = await PostgresServer.StartNewAsync();
        await using (server)
        {
            await using var a = await StartAsync("a", server.ConnectionString());
            var first = await a.Limiter.DecideAsync(new DecideRequest { ClientId = "x" });
            await UntilAsync(async () =>
            {
                await a.Limiter.DecideAsync(new DecideRequest { ClientId = "x" });   // Or its slice is soon handed back.
                return (await a.StatusAsync()).Leases.Leases == 1;
            });
            await server.StopAsync();

            // What the slice holds still passes; then nobody can say, and the policy fails closed.
            var refused = DecisionReason.Unspecified;
            await UntilAsync(async () => (refused = (await a.Limiter.DecideAsync(new DecideRequest { ClientId = "x" })).Reason) == DecisionReason.FailClosed);
            var strangers = 0;
            await UntilAsync(async () => (await a.Limiter.DecideAsync(new DecideRequest { ClientId = $"stranger-{strangers++}" })).Reason == DecisionReason.FailClosed);
            var status = await a.StatusAsync();
            await server.StartAsync();
            await UntilAsync(async () => (await a.Limiter.DecideAsync(new DecideRequest { ClientId = "x" })).Allowed);

            Assert.True(first.Allowed);
            Assert.Equal(DecisionReason.FailClosed, refused);
            Assert.NotEqual("", status.Leases.Problem);
            Assert.Equal("", (await a.StatusAsync()).Leases.Problem);
        }
    }

    private string PolicyFile => Path.Combine(_folder, "policies.yaml");

    private Task<LimiterProcess> StartAsync(string replica, string? connection = null) => LimiterProcess.StartAsync(
        "--Limiter:BucketStore=postgres", $"--Limiter:PolicyFile={PolicyFile}", $"--Limiter:Replica={replica}",
        $"--ConnectionStrings:suite={connection ?? _database.ConnectionString};Application Name={replica}");

    // What one bucket a client would admit in a time.
    private static double One(TimeSpan time) => Clients * ((Capacity / 2) + (Rate * time.TotalSeconds));

    // Far more than the buckets hold, from each replica at once. Half-way something happens.
    private async Task<(long Admitted, DateTime Begin, DateTime Born, DateTime End)> LoadAsync(Func<Task> halfway, params LimiterProcess[] limiters)
    {
        long admitted = 0;
        using var stop = new CancellationTokenSource();
        var begin = await NowAsync();
        var loads = limiters.Select(limiter => Task.Run(async () =>
        {
            try
            {
                using var call = limiter.Limiter.DecideStream();
                using var timer = new PeriodicTimer(Pause);
                var batch = new DecideBatchRequest();
                batch.Requests.AddRange(Enumerable.Range(0, BatchSize).Select(i => new DecideRequest { ClientId = $"client-{i % Clients}" }));
                while (!stop.IsCancellationRequested)
                {
                    await call.RequestStream.WriteAsync(batch);
                    Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
                    Interlocked.Add(ref admitted, call.ResponseStream.Current.Results.Count(result => result.Response.Allowed));
                    await timer.WaitForNextTickAsync();
                }

                await call.RequestStream.CompleteAsync();
            }
            catch (Exception fault) when (fault is Grpc.Core.RpcException or IOException && limiter == limiters[^1])
            {
                // The one that a test may kill, between two writes or in the middle of one.
            }
        })).ToArray();

        // The rows are made by the first renewals, and refill from then on.
        await UntilAsync(async () => await RowsAsync() == Clients);
        var born = await NowAsync();
        await Task.Delay(Load / 2);
        await halfway();
        await Task.Delay(Load / 2);
        await stop.CancelAsync();
        await Task.WhenAll(loads);
        return (Interlocked.Read(ref admitted), begin, born, await NowAsync());
    }

    // What the buckets hold, and when they were refilled, on the mean.
    private async Task<(double Tokens, DateTime At)> LeftAsync()
    {
        await using var command = _database.CreateCommand(
            "SELECT sum(tokens + reserved), to_timestamp(avg(extract(epoch FROM refilled_at))) FROM limiter_buckets");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetDouble(0), reader.GetDateTime(1));
    }

    private async Task<long> RowsAsync()
    {
        await using var command = _database.CreateCommand("SELECT count(*) FROM limiter_buckets");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<double> SlicesOfAsync(string replica)
    {
        await using var command = _database.CreateCommand("SELECT coalesce(sum(r.slice), 0) FROM limiter_buckets, unnest(renewals) AS r WHERE r.replica = $1");
        command.Parameters.AddWithValue(replica);
        return (double)(await command.ExecuteScalarAsync())!;
    }

    private async Task<long> ConnectionsOfAsync(string replica)
    {
        await using var command = _database.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()");
        command.Parameters.AddWithValue(replica);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<DateTime> NowAsync()
    {
        await using var command = _database.CreateCommand("SELECT clock_timestamp()");
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
