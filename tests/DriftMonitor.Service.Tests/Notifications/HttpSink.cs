using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RateLimitSuite.DriftMonitor.Tests.Notifications;

/// <summary>A receiver of posts that keeps them, and answers as it is told.</summary>
internal sealed class HttpSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<int> _answers = new();

    private HttpSink(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First() + "/secret-path");

    public ConcurrentQueue<Post> Posts { get; } = new();

    /// <summary>Statuses of the next answers; 200 after them.</summary>
    public void AnswerNext(params int[] statuses)
    {
        foreach (var status in statuses)
        {
            _answers.Enqueue(status);
        }
    }

    public static async Task<HttpSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var sink = new HttpSink(app);
        app.MapPost("/secret-path", (Delegate)sink.TakeAsync);
        await app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Posts.Enqueue(new(body.ToArray(), context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString())));
        return Results.StatusCode(_answers.TryDequeue(out var status) ? status : StatusCodes.Status200OK);
    }

    internal sealed record Post(byte[] Body, IReadOnlyDictionary<string, string> Headers)
    {
        public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

        public string Text => System.Text.Encoding.UTF8.GetString(Body);
    }
}
