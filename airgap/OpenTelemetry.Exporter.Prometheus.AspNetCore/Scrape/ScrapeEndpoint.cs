using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace OpenTelemetry.Exporter;

/// <summary>Answers scrapes.</summary>
internal sealed class ScrapeEndpoint(PullExporter exporter)
{
    private const string TimeoutHeader = "X-Prometheus-Scrape-Timeout-Seconds";

    private readonly ScrapeCache _cache = new(exporter, TimeProvider.System);

    public async Task AnswerAsync(HttpContext context)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (ScraperTimeout(context.Request.Headers) is { } longest)
        {
            timeout.CancelAfter(longest);
        }

        try
        {
            var headers = context.Request.GetTypedHeaders();
            var format = ExpositionFormat.Negotiate(headers.Accept);
            var scrape = await _cache.GetAsync(format, timeout.Token);
            timeout.Token.ThrowIfCancellationRequested();
            if (scrape.Text is null)
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }
            else if (scrape.Text.Length > 0)
            {
                var takesGzip = headers.AcceptEncoding.Any(coding => coding.Quality != 0 && coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase));
                await WriteAsync(context.Response, scrape, format, takesGzip, timeout.Token);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status408RequestTimeout;
            }
        }
    }

    private static async Task WriteAsync(HttpResponse response, Scrape scrape, ExpositionFormat format, bool compress, CancellationToken cancellationToken)
    {
        response.Headers.LastModified = scrape.At.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        response.ContentType = format.ContentType;
        if (!compress)
        {
            await response.Body.WriteAsync(scrape.Text, cancellationToken);
            return;
        }

        response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(scrape.Text, cancellationToken);
    }

    private static TimeSpan? ScraperTimeout(IHeaderDictionary headers) =>
        double.TryParse(headers[TimeoutHeader], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.001 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
