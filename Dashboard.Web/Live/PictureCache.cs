using System.Collections.Concurrent;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Pictures of one snapshot: drawn by the first page that wants one, and handed to every other of the same size.</summary>
internal sealed class PictureCache
{
    // Widths differ from browser to browser; beyond so many each page draws its own.
    private const int Most = 256;

    private readonly ConcurrentDictionary<(string Name, int Width, int Height), Lazy<string>> _pictures = new();

    /// <summary>The picture of that name and size.</summary>
    public string Get(string name, int width, int height, Func<string> draw) => _pictures.Count >= Most
        ? draw()
        : _pictures.GetOrAdd((name, width, height), _ => new Lazy<string>(draw)).Value;
}
