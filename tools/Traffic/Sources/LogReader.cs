using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;

namespace RateLimitSuite.Traffic.Sources;

/// <summary>Reads a log line by line, with memory for one second of it: access log or event CSV, plain or gzip, told by their content.</summary>
/// <remarks>Logs have whole seconds or coarse milliseconds. The events of one second whose times fall on the whole second are spread evenly over it, in
/// the log's order. A line that goes back in time counts as of the latest second. Bad lines are counted; the first few are named.</remarks>
internal sealed class LogReader(string path)
{
    private const int NamedFaults = 5;
    private const int LineLengthMax = 64 * 1024;
    private const int EventsPerSecondMax = 1_000_000;

    private readonly List<string> _faults = [];

    /// <summary>Lines that could not be read.</summary>
    public long BadLines { get; private set; }

    /// <summary>Lines that could.</summary>
    public long GoodLines { get; private set; }

    /// <summary>The first bad lines, by number and reason.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>The events in order of time.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged gzip.</exception>
    public async IAsyncEnumerable<TrafficEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var second = new List<LoggedRequest>();
        long? first = null, latest = null;
        await foreach (var request in LinesAsync(cancellationToken))
        {
            first ??= request.UnixMilliseconds / 1000 * 1000;
            var at = Math.Max(request.UnixMilliseconds, latest ?? request.UnixMilliseconds);
            if (latest is { } last && (at / 1000 != last / 1000 || second.Count >= EventsPerSecondMax))
            {
                foreach (var spread in Spread(second, first.Value))
                {
                    yield return spread;
                }

                second.Clear();
            }

            latest = at;
            second.Add(request with { UnixMilliseconds = at });
        }

        foreach (var spread in Spread(second, first ?? 0))
        {
            yield return spread;
        }
    }

    private static IEnumerable<TrafficEvent> Spread(List<LoggedRequest> second, long first)
    {
        var coarse = second.TrueForAll(request => request.UnixMilliseconds % 1000 == 0);
        for (var i = 0; i < second.Count; i++)
        {
            var request = second[i];
            var at = TimeSpan.FromMilliseconds(request.UnixMilliseconds - first);
            at += coarse ? TimeSpan.FromSeconds((i + 0.5) / second.Count) : TimeSpan.Zero;
            yield return new TrafficEvent(at, request.Client, request.Bytes, request.LatencySeconds, request.Status);
        }
    }

    private async IAsyncEnumerable<LoggedRequest> LinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, useAsync: true);
        await using var plain = IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
        using var lines = new BoundedLineReader(plain, LineLengthMax);
        CsvColumns? columns = null;
        for (var number = 1L; await lines.ReadAsync(cancellationToken) is { } line; number++)
        {
            if (number == 1 && (columns = CsvColumns.TryReadHeader(line)) is not null)
            {
                continue;
            }

            if (line.Length == 0)
            {
                continue;
            }

            LoggedRequest request = default;
            var fault = lines.WasTooLong ? $"over {LineLengthMax} characters"
                : columns is null ? LogLine.TryRead(line, out request) : columns.TryRead(line, out request);
            if (fault is null)
            {
                GoodLines++;
                yield return request;
            }
            else
            {
                Note(number, fault);
            }
        }
    }

    private void Note(long number, string fault)
    {
        BadLines++;
        if (_faults.Count < NamedFaults)
        {
            _faults.Add($"line {number}: {fault}");
        }
    }

    private static bool IsGzip(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        file.Position = 0;
        return read == 2 && magic is [0x1F, 0x8B];
    }
}
