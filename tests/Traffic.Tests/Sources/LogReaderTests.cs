using System.IO.Compression;
using System.Text;
using RateLimitSuite.TestSupport;
using RateLimitSuite.Traffic.Sources;

namespace RateLimitSuite.Traffic.Tests.Sources;

public sealed class LogReaderTests : IDisposable
{
    private const string Common = """10.0.0.1 - - [22/Jan/2019:03:56:14 +0330] "GET /a HTTP/1.1" 200 512""";
    private const string Combined = """10.0.0.2 - bob [22/Jan/2019:03:56:14 +0330] "GET /q?x=\"y\" HTTP/1.1" 404 - "https://example.com/" "Mozilla/5.0 (X11)" "-" """;

    private readonly string _folder = Directory.CreateTempSubdirectory("logs").FullName;

    [Fact]
    public async Task ReadAsync_CommonAndCombined_ReadsBoth()
    {
        var (events, reader) = await ReadAsync($"{Common}\n{Combined}\n");

        Assert.Equal([("10.0.0.1", 512.0, 200), ("10.0.0.2", 0.0, 404)], events.Select(e => (e.Client, e.Bytes, e.Status)));
        Assert.Equal(0, reader.BadLines);
    }

    [Fact]
    public async Task ReadAsync_EventsOfOneSecond_AreSpreadEvenlyInOrder()
    {
        var (events, _) = await ReadAsync(string.Concat(Enumerable.Repeat(Common + "\n", 4)));

        Assert.Equal([0.125, 0.375, 0.625, 0.875], events.Select(e => e.At.TotalSeconds));
    }

    [Fact]
    public async Task ReadAsync_Gzip_IsToldByItsContent()
    {
        var bytes = new MemoryStream();
        await using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Common + "\n"));
        }

        var (events, _) = await ReadAsync(bytes.ToArray());

        Assert.Single(events);
    }

    [Fact]
    public async Task ReadAsync_Csv_TakesColumnsByName()
    {
        const string Csv = "client,ts_ms,path,latency_us,status,bytes\r\na,1000,\"/x,\"\"y\"\"\",2500,200,10\r\nb,1250,/,,,\r\n";

        var (events, reader) = await ReadAsync(Csv);

        Assert.Equal(0, reader.BadLines);
        Assert.Equal(("a", 0.0025, 200, 10.0), (events[0].Client, events[0].LatencySeconds, events[0].Status, events[0].Bytes));
        Assert.Equal((0.25, double.NaN, 0), (events[1].At.TotalSeconds, events[1].Bytes, events[1].Status));
    }

    [Theory]
    [InlineData("nonsense", "client")]
    [InlineData("""10.0.0.1 - - [22/Foo/2019:03:56:14 +0330] "GET / HTTP/1.1" 200 1""", "time")]
    [InlineData("""10.0.0.1 - - "GET / HTTP/1.1" 200 1""", "time")]
    [InlineData("""10.0.0.1 - - [22/Jan/2019:03:56:14 +0330] GET / 200 1""", "request")]
    [InlineData("""10.0.0.1 - - [22/Jan/2019:03:56:14 +0330] "GET /""", "request")]
    [InlineData("""10.0.0.1 - - [22/Jan/2019:03:56:14 +0330] "GET / HTTP/1.1" abc 1""", "status")]
    [InlineData("""10.0.0.1 - - [22/Jan/2019:03:56:14 +0330] "GET / HTTP/1.1" 200 -5""", "size")]
    public async Task ReadAsync_BadLine_IsCountedAndNamedWithItsNumber(string line, string reason)
    {
        var (events, reader) = await ReadAsync($"{Common}\n{line}\n{Common}\n");

        Assert.Equal((2, 1), (events.Count, reader.BadLines));
        var fault = Assert.Single(reader.Faults);
        Assert.StartsWith("line 2:", fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_EndlessLine_IsSkippedInBoundedMemory()
    {
        var (events, reader) = await ReadAsync($"{Common}\n{new string('x', 3_000_000)}\n{Common}\n");

        Assert.Equal((2, 1), (events.Count, reader.BadLines));
        Assert.Contains("over 65536", reader.Faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_TimeGoesBack_NeverGoesBackInEvents()
    {
        var random = new Random(3);
        var csv = "ts_ms,client\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{100_000 + (i * 100) + random.Next(-3_000, 3_000)},c\n"));

        var (events, _) = await ReadAsync(csv);

        Assert.Equal(500, events.Count);
        Assert.Equal(events.Select(e => e.At).Order(), events.Select(e => e.At));
    }

    [Fact]
    public async Task ReadAsync_RandomlyDamagedLog_NeverThrows()
    {
        var random = new Random(9);
        var good = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Combined + "\n" + Common + "\n", 20)));
        for (var run = 0; run < 200; run++)
        {
            var bytes = (byte[])good.Clone();
            for (var i = 0; i < 30; i++)
            {
                bytes[random.Next(2, bytes.Length)] = (byte)random.Next(256);
            }

            var (events, reader) = await ReadAsync(bytes);

            Assert.Equal(events.Count, reader.GoodLines);
        }
    }

    [SharedDataFact("traffic/zanbil-2019-01-22-first41min.access.log.gz")]
    public async Task ReadAsync_RealLogAndItsCsv_AreTheSame()
    {
        var log = await ToListAsync(new LogReader(SharedData.PathOf("traffic/zanbil-2019-01-22-first41min.access.log.gz")));
        var csv = await ToListAsync(new LogReader(SharedData.PathOf("traffic/zanbil-events.csv.gz")));

        Assert.Equal(10_018, log.Count);
        Assert.Equal(log.Select(e => (e.At, e.Client, e.Bytes, e.Status)), csv.Select(e => (e.At, e.Client, e.Bytes, e.Status)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<(List<TrafficEvent> Events, LogReader Reader)> ReadAsync(string text) => ReadAsync(Encoding.UTF8.GetBytes(text));

    private async Task<(List<TrafficEvent> Events, LogReader Reader)> ReadAsync(byte[] bytes)
    {
        var path = Path.Combine(_folder, "log");
        await File.WriteAllBytesAsync(path, bytes);
        var reader = new LogReader(path);
        return (await ToListAsync(reader), reader);
    }

    private static async Task<List<TrafficEvent>> ToListAsync(LogReader reader)
    {
        var events = new List<TrafficEvent>();
        await foreach (var request in reader.ReadAsync())
        {
            events.Add(request);
        }

        return events;
    }
}
