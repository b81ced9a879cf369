namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class StartOrderTests
{
    [Fact]
    public async Task WaitFor_DependencyRunningButUnhealthy_HoldsTheResourceBackUntilItIsHealthy()
    {
        var check = new SwitchedHealthCheck();
        await using var app = await RunningApp.StartAsync(builder =>
        {
            var back = builder.AddShell("back", Shell.Forever);
            check.AddTo(back);
            builder.AddShell("front", Shell.Forever).WaitFor(back);
        });

        await app.WaitForStateAsync("back", KnownResourceStates.Running);
        await app.WaitForStateAsync("front", KnownResourceStates.Waiting);
        check.Heal();
        await app.HealthyAsync("front");

        Assert.Contains("front waits for back (healthy)", app.Log, StringComparison.Ordinal);
        Assert.True(app.Log.IndexOf("back is ready", StringComparison.Ordinal) < app.Log.IndexOf("front is ready", StringComparison.Ordinal), app.Log);
    }

    [Fact]
    public async Task WaitForStart_DependencyRunningButUnhealthy_Starts()
    {
        await using var app = await RunningApp.StartAsync(builder =>
        {
            var back = builder.AddShell("back", Shell.Forever);
            new SwitchedHealthCheck().AddTo(back);
            builder.AddShell("front", Shell.Forever).WaitForStart(back);
        });

        await app.HealthyAsync("front");
    }

    [Fact]
    public async Task WaitForCompletion_DependencyEndsWithExpectedCode_Starts()
    {
        await using var app = await RunningApp.StartAsync(builder =>
        {
            var migration = builder.AddShell("migration", "exit 0");
            builder.AddShell("front", Shell.Forever).WaitForCompletion(migration);
        });

        await app.HealthyAsync("front");

        Assert.True(app.States.TryGetCurrentState("migration", out var ended));
        Assert.Equal((KnownResourceStates.Finished, 0), (ended.Snapshot.State?.Text, ended.Snapshot.ExitCode));
    }

    [Fact]
    public async Task WaitFor_DependencyGivenUp_FailsTheResourceAndSaysWhichItWas()
    {
        await using var app = await RunningApp.StartAsync(
            builder =>
            {
                var back = builder.AddShell("back", "exit 3");
                new SwitchedHealthCheck().AddTo(back);
                builder.AddShell("front", Shell.Forever).WaitFor(back);
            },
            "--StandIn:RestartsMax=0");

        await app.WaitForStateAsync("front", KnownResourceStates.FailedToStart);

        Assert.Contains("front does not start: Resource 'back' is Exited with exit code 3", app.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ResourcesWaitForEachOther_NamesTheCircle()
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => RunningApp.StartAsync(builder =>
        {
            var left = builder.AddShell("left", Shell.Forever);
            var right = builder.AddShell("right", Shell.Forever).WaitFor(left);
            left.WaitFor(right);
        }));

        Assert.Contains("left → right → left", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithExplicitStart_NobodyAsks_StaysUntilTheStartCommand()
    {
        await using var app = await RunningApp.StartAsync(builder => builder.AddShell("traffic", Shell.Forever).WithExplicitStart());
        await app.WaitForStateAsync("traffic", KnownResourceStates.NotStarted);

        var result = await app.Commands.ExecuteCommandAsync("traffic", KnownResourceCommands.StartCommand);

        Assert.True(result.Success);
        await app.HealthyAsync("traffic");
    }

    [Fact]
    public async Task Start_ContainerThatOthersWaitFor_SaysThatItNeedsAContainerEngine()
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => RunningApp.StartAsync(builder =>
            builder.AddShell("report", Shell.Forever).WaitFor(builder.AddContainer("grafana", "grafana/grafana", "12.0"))));

        Assert.Contains("'grafana' is a container", error.Message, StringComparison.Ordinal);
        Assert.Contains("container engine", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ContainerThatNobodyWaitsFor_IsLeftOutSayingSo()
    {
        await using var app = await RunningApp.StartAsync(builder =>
        {
            builder.AddContainer("grafana", "grafana/grafana", "12.0");
            builder.AddShell("report", Shell.Forever);
        });

        await app.WaitForStateAsync("grafana", KnownResourceStates.FailedToStart);
        await app.HealthyAsync("report");

        Assert.Contains("'grafana' is a container", app.Log, StringComparison.Ordinal);
    }
}
