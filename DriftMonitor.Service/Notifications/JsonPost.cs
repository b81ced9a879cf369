using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>Posts JSON and tells what will never be taken from what may be later. Errors name no address: it may hold a secret.</summary>
internal sealed class JsonPost : IDisposable
{
    // Not the suite's default client: that one retries by itself, and attempts are counted and kept here.
    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false });

    /// <summary>Posts once.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="body">Serialised as it is.</param>
    /// <param name="headers">Made from the body's bytes; null: none.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task SendAsync(
        Uri address, object body, Func<byte[], IEnumerable<(string Name, string Value)>>? headers, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers?.Invoke(bytes) ?? [])
        {
            request.Headers.Add(name, value);
        }

        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            var problem = $"answered {(int)answer.StatusCode}";
            throw IsForGood(answer.StatusCode) ? new SinkRefusedException(problem) : new HttpRequestException(problem, null, answer.StatusCode);
        }
    }

    public void Dispose() => _client.Dispose();

    private static bool IsForGood(HttpStatusCode status) =>
        (int)status is >= 300 and < 500 && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);
}
