using RateLimitSuite.TestSupport;

namespace RateLimitSuite.ServiceDefaults.Tests.Support;

/// <summary>Other tests trust this clock.</summary>
public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Advance_OverSeveralTimers_FiresEachAtItsTimeInOrder()
    {
        var start = _clock.GetUtcNow();
        var fired = new List<(string Name, double Second)>();
        void Fire(object? name) => fired.Add(((string)name!, (_clock.GetUtcNow() - start).TotalSeconds));
        using var late = _clock.CreateTimer(Fire, "late", TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var often = _clock.CreateTimer(Fire, "often", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("often", 1), ("late", 3), ("often", 3), ("often", 5)], fired);
        Assert.Equal(5, (_clock.GetUtcNow() - start).TotalSeconds);
    }

    [Fact]
    public async Task Delay_OfATask_EndsWhenTheClockIsThere()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock);

        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(delay.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await delay.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Dispose_OfATimer_KeepsItFromFiring()
    {
        var fired = false;
        _clock.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Dispose();

        _clock.Advance(TimeSpan.FromHours(1));

        Assert.False(fired);
        Assert.Equal(0, _clock.ActiveTimers);
    }

    [Fact]
    public void GetElapsedTime_AfterAdvance_IsThat()
    {
        var then = _clock.GetTimestamp();

        _clock.Advance(TimeSpan.FromMilliseconds(1500));

        Assert.Equal(1.5, _clock.GetElapsedTime(then).TotalSeconds);
    }
}
