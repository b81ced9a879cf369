using System.Diagnostics;
using RateLimitSuite.Airgap.GrpcTests.Interop;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Client;

public sealed class TraceTests
{
    [Fact]
    public async Task Call_SomebodyListens_HasASpanWithMethodAndStatus()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService());
        using var parent = new Activity("test").Start();
        var ended = new TaskCompletionSource<Activity>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Grpc.Net.Client",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // Other tests make calls at the same time.
                if (activity.TraceId == parent.TraceId)
                {
                    ended.TrySetResult(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await server.CreateClient().UnaryCallAsync(new SimpleRequest());

        var span = await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("Grpc.Net.Client.GrpcOut", span.OperationName);
        Assert.Equal(RawCall.UnaryPath, span.GetTagItem("grpc.method"));
        Assert.Equal("0", span.GetTagItem("grpc.status_code"));
        Assert.Same(parent, Activity.Current);
    }
}
