using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Suite.Tests.Running;

/// <summary>A receiver of the drift monitor's webhook that keeps what it is sent.</summary>
internal sealed class AlertSink : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<JsonElement> _alerts = new();
    private readonly Task _serving;

    public AlertSink()
    {
        Address = new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Take()}/"));
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>What came so far, in order.</summary>
    public IReadOnlyCollection<JsonElement> Alerts => _alerts;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                _alerts.Enqueue(await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.InputStream));
                context.Response.StatusCode = (int)HttpStatusCode.OK;
                context.Response.Close();
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
