using System.Net;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Limiter.Tests.Overrides;

public sealed class OverrideTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly OverrideHolder _holder = new();
    private NpgsqlDataSource _database = null!;
    private OverrideDesk _desk = null!;
    private OverrideRefresher _refresher = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await SuiteMigrations.RunAsync(_database, typeof(OverrideStore).Assembly, "limiter", CancellationToken.None);
        var store = new OverrideStore(_database);
        _refresher = new OverrideRefresher(store, _holder, new SuiteDatabase(), _time, NullLogger<OverrideRefresher>.Instance);
        _desk = new OverrideDesk(store, _holder, _refresher, _time);
    }

    public async Task DisposeAsync()
    {
        _refresher.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task SetAsync_ForAClient_IsInForceAtOnceAndEndsByItsTtl()
    {
        var set = await SetAsync(new Override { ClientId = "a", RefillRate = 3, Reason = "abuse", RequestIds = { "r1", "r2" } });

        Assert.Equal(3, _holder.Current.Find("any", "a", null)!.RefillRate);
        Assert.Null(_holder.Current.Find("any", "b", null));
        Assert.Equal(("alice", 2), (set.SetBy, set.RequestIds.Count));

        _time.Advance(TimeSpan.FromMinutes(2));
        await _refresher.RefreshAsync(CancellationToken.None);

        Assert.Null(_holder.Current.Find("any", "a", null));
        var listed = await _desk.ListAsync(new ListOverridesRequest { IncludeEnded = true }, CancellationToken.None);
        Assert.Empty(listed.Overrides);
        Assert.Equal(["expired", "set"], listed.Audit.Select(entry => entry.Action));
    }

    [Fact]
    public async Task Find_SubnetsAndClients_TakesTheNarrowest()
    {
        await SetAsync(new Override { Subnet = "10.0.0.0/8", Factor = 0.5, Reason = "wide" });
        await SetAsync(new Override { Subnet = "10.1.0.0/16", Factor = 0.25, Reason = "narrow" });
        await SetAsync(new Override { ClientId = "vip", Domain = "shop", Factor = 2, Reason = "vip" });

        var set = _holder.Current;

        Assert.Equal(0.25, set.Find("shop", "x", IPAddress.Parse("10.1.2.3"))!.Factor);
        Assert.Equal(0.5, set.Find("shop", "x", IPAddress.Parse("10.2.2.3"))!.Factor);
        Assert.Equal(2, set.Find("shop", "vip", IPAddress.Parse("10.1.2.3"))!.Factor);
        Assert.Equal(0.25, set.Find("other", "vip", IPAddress.Parse("10.1.2.3"))!.Factor);
        Assert.Equal(0.25, set.Find("other", "vip", IPAddress.Parse("::ffff:10.1.2.3"))!.Factor);
        Assert.Null(set.Find("shop", "x", null));
    }

    [Fact]
    public async Task RemoveAsync_Twice_IsNotFoundTheSecondTime()
    {
        var set = await SetAsync(new Override { ClientId = "a", Deny = true, Reason = "attack" });

        var removed = await _desk.RemoveAsync(new RemoveOverrideRequest { Id = set.Id, Reason = "over" }, "bob", CancellationToken.None);
        var fault = await Assert.ThrowsAsync<RpcException>(
            () => _desk.RemoveAsync(new RemoveOverrideRequest { Id = set.Id, Reason = "over" }, "bob", CancellationToken.None));

        Assert.True(removed.Removed.Deny);
        Assert.Equal(StatusCode.NotFound, fault.StatusCode);
        Assert.Null(_holder.Current.Find("", "a", null));
        var audit = (await _desk.ListAsync(new ListOverridesRequest { IncludeEnded = true }, CancellationToken.None)).Audit;
        Assert.Equal([("removed", "bob", "over"), ("set", "alice", "attack")], audit.Select(entry => (entry.Action, entry.Actor, entry.Reason)));
    }

    [Theory]
    [InlineData("UPDATE limiter_override_audit SET actor = 'nobody'")]
    [InlineData("DELETE FROM limiter_override_audit")]
    [InlineData("TRUNCATE limiter_override_audit")]
    public async Task Audit_Changed_IsRefusedByTheDatabase(string sql)
    {
        await SetAsync(new Override { ClientId = "a", Deny = true, Reason = "attack" });
        await using var command = _database.CreateCommand(sql);

        var fault = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        Assert.Contains("append-only", fault.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("target", "override has no target")]
    [InlineData("effect", "override has no effect")]
    [InlineData("subnet", "override.subnet")]
    [InlineData("rate", "override.refill_rate")]
    [InlineData("factor", "override.factor")]
    [InlineData("reason", "reason")]
    [InlineData("ttl", "ttl")]
    public async Task SetAsync_BadField_IsInvalidArgumentAndNamesIt(string wrong, string expected)
    {
        var wanted = new Override { ClientId = "a", Factor = 0.5, Reason = "r" };
        var ttl = Duration.FromTimeSpan(TimeSpan.FromMinutes(1));
        switch (wrong)
        {
            case "target": wanted.ClearTarget(); break;
            case "effect": wanted.ClearEffect(); break;
            case "subnet": wanted.Subnet = "10.0.0.0/99"; break;
            case "rate": wanted.RefillRate = double.NaN; break;
            case "factor": wanted.Factor = 101; break;
            case "reason": wanted.Reason = ""; break;
            default: ttl = new Duration { Seconds = 31 * 86_400 }; break;
        }

        var fault = await Assert.ThrowsAsync<RpcException>(() => _desk.SetAsync(new SetOverrideRequest { Override = wanted, Ttl = ttl }, "alice", CancellationToken.None));

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Contains(expected, fault.Status.Detail, StringComparison.Ordinal);
    }

    private Task<Override> SetAsync(Override wanted) =>
        _desk.SetAsync(new SetOverrideRequest { Override = wanted, Ttl = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)) }, "alice", CancellationToken.None);
}
