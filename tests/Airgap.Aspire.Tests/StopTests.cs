namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class StopTests
{
    private const string SayAndEnd = "trap 'echo \"$NAME ends\"; exit 0' TERM; echo up; while :; do sleep 0.05; done";

    [Fact]
    public async Task Stop_OneResourceWaitedForAnother_EndsTheWaitingOneFirst()
    {
        var app = await RunningApp.StartAsync(builder =>
        {
            var back = builder.AddShell("back", SayAndEnd).WithEnvironment("NAME", "back");
            builder.AddShell("front", SayAndEnd).WithEnvironment("NAME", "front").WaitFor(back);
        });
        await app.HealthyAsync("front");
        await Said(app, "front        | up");

        await app.DisposeAsync();

        var front = app.Log.IndexOf("front ends", StringComparison.Ordinal);
        var back = app.Log.IndexOf("back ends", StringComparison.Ordinal);
        Assert.True(front >= 0 && front < back, app.Log);
    }

    [Fact]
    public async Task Stop_ProcessIgnoresSigterm_IsKilledAfterTheGracePeriodAndSaid()
    {
        var app = await RunningApp.StartAsync(
            builder => builder.AddShell("stubborn", "trap '' TERM; echo up; while :; do sleep 0.05; done"), "--StandIn:GracePeriod=00:00:00.3");
        await Said(app, "stubborn     | up");
        var process = RunningApp.ProcessOf(await app.States.WaitForResourceHealthyAsync("stubborn"));

        await app.DisposeAsync();

        Assert.Contains("stubborn did not stop within 0.3 s and was killed", app.Log, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    [Fact]
    public async Task Stop_ProcessHasChildren_EndsThemToo()
    {
        var app = await RunningApp.StartAsync(builder => builder.AddShell("parent", "sleep 600 & echo child=$!; exit 0"));
        await app.WaitForStateAsync("parent", KnownResourceStates.Finished);

        var child = app.Log.Split("child=")[1].Split('\n')[0].Trim();

        Assert.True(Processes.IsGone(int.Parse(child, System.Globalization.CultureInfo.InvariantCulture)));
        await app.DisposeAsync();
    }

    // The log is written by another thread; a state change follows the process, not its first line.
    private static async Task Said(RunningApp app, string line)
    {
        using var patience = new CancellationTokenSource(RunningApp.Patience);
        while (!app.Log.Contains(line, StringComparison.Ordinal))
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
