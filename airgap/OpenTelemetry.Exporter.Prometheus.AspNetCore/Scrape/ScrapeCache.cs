using System.Diagnostics.CodeAnalysis;

namespace OpenTelemetry.Exporter;

/// <summary>Collects for one scrape at a time; those that come together share what the first collected, for each format.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the host; the semaphore has no wait handle to free.")]
internal sealed class ScrapeCache(PullExporter exporter, TimeProvider clock)
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<ExpositionFormat, Scrape> _last = [];   // At most one for each of the four formats.
    private readonly TimeSpan _goodFor = TimeSpan.FromMilliseconds(exporter.Options.ScrapeResponseCacheDurationMilliseconds);

    public async Task<Scrape> GetAsync(ExpositionFormat format, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last.TryGetValue(format, out var last) && clock.GetElapsedTime(last.Timestamp) < _goodFor)
            {
                return last;
            }

            var scrape = new Scrape(exporter.Write(format), clock.GetUtcNow(), clock.GetTimestamp());
            if (scrape.Text is not null)
            {
                _last[format] = scrape;
            }

            return scrape;
        }
        finally
        {
            _turn.Release();
        }
    }
}
