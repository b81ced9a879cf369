using System.Diagnostics.Metrics;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Limiter.Tests.Api;

public sealed class CallDeadlineTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTimeProvider _time = new();
    private readonly LimiterMetrics _metrics;
    private readonly MeterListener _listener = new();
    private readonly List<string> _counted = [];
    private readonly CallDeadline _deadline;

    public CallDeadlineTests()
    {
        _metrics = new LimiterMetrics(_services.GetRequiredService<IMeterFactory>());
        _deadline = new CallDeadline(_metrics, _time);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _metrics.Meter && instrument.Name == "limiter.deadlines_exceeded")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _counted.Add((string)tags[0].Value!));
        _listener.Start();
    }

    [Fact]
    public void ThrowIfPassed_NoDeadlineOrOneToCome_LetsTheCallGoOn()
    {
        _deadline.ThrowIfPassed(new FakeCall(DateTime.MaxValue), "Decide");
        _deadline.ThrowIfPassed(new FakeCall(_time.GetUtcNow().UtcDateTime.AddMilliseconds(1)), "Decide");

        Assert.Empty(_counted);
    }

    [Fact]
    public void ThrowIfPassed_DeadlinePassed_IsDeadlineExceededAndCounted()
    {
        var call = new FakeCall(_time.GetUtcNow().UtcDateTime.AddMilliseconds(20));
        _time.Advance(TimeSpan.FromMilliseconds(20));

        var fault = Assert.Throws<RpcException>(() => _deadline.ThrowIfPassed(call, "ShouldRateLimit"));

        Assert.Equal(StatusCode.DeadlineExceeded, fault.StatusCode);
        Assert.Equal(["ShouldRateLimit"], _counted);
    }

    [Fact]
    public void CountIfPassed_AnyFault_CountsOnlyTheLateAndHandlesNone()
    {
        Assert.False(_deadline.CountIfPassed(new FakeCall(DateTime.MaxValue), "DecideStream"));
        Assert.False(_deadline.CountIfPassed(new FakeCall(_time.GetUtcNow().UtcDateTime), "DecideStream"));

        Assert.Equal(["DecideStream"], _counted);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private sealed class FakeCall(DateTime deadline) : ServerCallContext
    {
        protected override string MethodCore => "";

        protected override string HostCore => "";

        protected override string PeerCore => "";

        protected override DateTime DeadlineCore => deadline;

        protected override Metadata RequestHeadersCore => [];

        protected override CancellationToken CancellationTokenCore => default;

        protected override Metadata ResponseTrailersCore => [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => new(null, []);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
