using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Runs;

namespace RateLimitSuite.Trainer.Tests.Runs;

public sealed class TrainingQueueTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task RequestAsync_DuringARun_FoldsEveryTripIntoTheNextOne()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        using var queue = new TrainingQueue(new(registry.Database, registry.Time), registry.Time);
        var current = await AskAsync(queue, "a");
        queue.Begin(await queue.NextAsync(CancellationToken.None));

        var second = await AskAsync(queue, "b");
        var third = await AskAsync(queue, "c");

        Assert.NotSame(current, second);
        Assert.Same(second, third);
        Assert.Same(second, await AskAsync(queue, "c"));   // replayed
    }

    [Fact]
    public async Task RequestAsync_SameKeyAgain_JoinsTheRunUnderWayAndLaterItsResult()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var log = new TrainingLog(registry.Database, registry.Time);
        using var queue = new TrainingQueue(log, registry.Time);
        var run = await AskAsync(queue, "trip");
        queue.Begin(run);
        Assert.Same(run, await AskAsync(queue, "trip"));

        await log.FinishAsync(run.Id, "rejected", "", "worse", CancellationToken.None);
        queue.End(run, "rejected", "worse");
        var replayed = await AskAsync(queue, "trip");

        Assert.Equal((run.Id, "rejected"), (replayed.Id, replayed.Last!.Step));
        Assert.True(queue.IsIdle);
    }

    [Fact]
    public async Task RecoverAsync_RequestCameFirst_FoldsWhatWasCutOffIntoIt()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var log = new TrainingLog(registry.Database, registry.Time);
        await log.AddAsync("cut-off-1", "", "first", "", CancellationToken.None);
        await log.AddAsync("cut-off-2", "", "drift", "", CancellationToken.None);
        using var queue = new TrainingQueue(log, registry.Time);
        var asked = await AskAsync(queue, "new");

        var recovered = await queue.RecoverAsync(CancellationToken.None);

        Assert.Same(asked, recovered);
        Assert.Same(asked, queue.Pending);
        Assert.True(asked.Force);
        Assert.Equal(asked.Id, Assert.Single(await log.UnfinishedAsync(CancellationToken.None)).RunId);
    }

    [Fact]
    public async Task RecoverAsync_SeveralCutOff_RunsTheNewest()
    {
        var time = new ManualTimeProvider();
        await using var registry = await RegistryFixture.CreateAsync(postgres, time);
        var log = new TrainingLog(registry.Database, time);
        using var queue = new TrainingQueue(log, time);
        Assert.Null(await queue.RecoverAsync(CancellationToken.None));
        await log.AddAsync("older", "", "first", "", CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(1));
        await log.AddAsync("newer", "", "drift", "", CancellationToken.None);

        var recovered = await queue.RecoverAsync(CancellationToken.None);

        Assert.Equal(("newer", "drift"), (recovered!.Id, recovered.Reason));
        Assert.Same(recovered, await queue.NextAsync(CancellationToken.None));
        Assert.Equal("newer", Assert.Single(await log.UnfinishedAsync(CancellationToken.None)).RunId);
    }

    [Fact]
    public async Task FollowAsync_SlowReader_MissesStepsButNeverTheLast()
    {
        var run = new TrainingRun("run", "manual", "", false, TimeProvider.System);
        var follower = run.FollowAsync(CancellationToken.None).GetAsyncEnumerator();
        run.Report("extract", 0, "");
        Assert.True(await follower.MoveNextAsync().AsTask().WaitAsync(Timeout));
        for (var i = 0; i < 1_000; i++)
        {
            run.Report("train", i / 1_000.0, "");
        }

        run.End("done", "promoted");
        var steps = new List<string>();
        while (await follower.MoveNextAsync().AsTask().WaitAsync(Timeout))
        {
            steps.Add(follower.Current.Step);
        }

        Assert.Equal("done", steps[^1]);
        Assert.InRange(steps.Count, 1, 64);
    }

    [Theory]
    [InlineData("2026-11-21T02:59:59Z", "2026-11-21T03:00:00Z")]
    [InlineData("2026-11-21T03:00:00Z", "2026-11-22T03:00:00Z")]
    public void NextAt_BeforeAndAtTheTimeOfDay_IsTheNextOne(string now, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, null), Schedule.NextAt(DateTimeOffset.Parse(now, null), new(3, 0)));

    private static Task<TrainingRun> AskAsync(TrainingQueue queue, string key) => queue.RequestAsync("drift", "", key, force: false, CancellationToken.None);
}
