using RateLimitSuite.Traffic.Sources;

namespace RateLimitSuite.Traffic.Tests.Sources;

public sealed class LogReplayTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public LogReplayTests() =>
        File.WriteAllLines(_path, ["ts_ms,client", .. Enumerable.Range(0, 10).Select(second => $"{1_000_000 + (second * 1_000)},c{second}")]);

    [Fact]
    public async Task ReadAsync_CopiesAtSpeed_KeepOrderRenameAndShift()
    {
        var events = await TakeAsync(speed: 10, copies: 2, loop: false, count: 100);

        Assert.Equal(15, events.Count);   // the second copy begins in the middle
        Assert.Equal(events.Select(e => e.At).Order(), events.Select(e => e.At));
        Assert.Equal(10, events.Count(e => !e.Client.Contains('~')));
        Assert.Equal("c5~1", events.First(e => e.Client.Contains('~')).Client);
        Assert.All(events, e => Assert.True(e.At < TimeSpan.FromSeconds(1)));   // 10 s at ten times the pace
    }

    [Fact]
    public async Task ReadAsync_Looping_GoesOnWhereTheLogEnds()
    {
        var events = await TakeAsync(speed: 1, copies: 1, loop: true, count: 25);

        Assert.Equal(25, events.Count);
        Assert.Equal("c4", events[24].Client);
        Assert.Equal(24.5, events[24].At.TotalSeconds);   // the 25th second's only event, in its middle
    }

    [Fact]
    public async Task CopiesFor_Rate_BringsAtLeastIt()
    {
        var shape = await LogShape.OfAsync(new LogReader(_path), CancellationToken.None);

        Assert.Equal((10, TimeSpan.FromSeconds(10)), (shape.Events, shape.Span));
        Assert.Equal(15, shape.CopiesFor(rate: 150, speed: 10));   // 1 request/s · 10 · 15
    }

    public void Dispose() => File.Delete(_path);

    private async Task<List<TrafficEvent>> TakeAsync(double speed, int copies, bool loop, int count)
    {
        var replay = new LogReplay(_path, new LogShape(10, TimeSpan.FromSeconds(10)), speed, copies, loop);
        var events = new List<TrafficEvent>();
        await foreach (var request in replay.ReadAsync(CancellationToken.None))
        {
            events.Add(request);
            if (events.Count == count)
            {
                break;
            }
        }

        return events;
    }
}
