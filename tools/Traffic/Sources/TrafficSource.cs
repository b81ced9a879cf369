using System.Globalization;

namespace RateLimitSuite.Traffic.Sources;

/// <summary>What to send: a log's replay or made traffic.</summary>
internal sealed record TrafficSource(string Description, double Rate, IAsyncEnumerable<TrafficEvent> Events, LogReader? FirstRead)
{
    /// <summary>Reads a log once for its shape, or prepares made traffic.</summary>
    public static async Task<TrafficSource> OpenAsync(TrafficOptions options, CancellationToken cancellationToken)
    {
        if (options.Log is not { Length: > 0 } log)
        {
            var made = new MadeTraffic(options.Rate, options.Clients, options.Seed);
            return new TrafficSource(
                string.Create(CultureInfo.InvariantCulture, $"made: {options.Rate} requests/s of {options.Clients} clients, seed {options.Seed}"),
                options.Rate,
                made.Read().ToAsyncEnumerable(),
                null);
        }

        var reader = new LogReader(log);
        var shape = await LogShape.OfAsync(reader, cancellationToken);
        if (shape.Events == 0)
        {
            throw new InvalidDataException($"{log} has no line that could be read. {string.Join("; ", reader.Faults)}");
        }

        var copies = options.Copies > 0 ? options.Copies : shape.CopiesFor(options.Rate, options.Speed);
        var replay = new LogReplay(log, shape, options.Speed, copies, options.Loop);
        return new TrafficSource(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(log)}: {shape.Events} requests of {shape.Span.TotalSeconds:0} s, {copies} copies at speed {options.Speed}, {replay.Rate:0.#} requests/s; events of one second spread evenly"),
            replay.Rate,
            replay.ReadAsync(cancellationToken),
            reader);
    }
}
