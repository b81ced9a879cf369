using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>An image whose program this machine may have itself.</summary>
/// <param name="Image">The image, without registry and tag.</param>
/// <param name="Programs">Its program's names: the first is that of the image, others are distributions' own.</param>
/// <param name="Arguments">What an image takes for granted and the program must be told, given the port to bind.</param>
internal sealed record LocalImage(string Image, IReadOnlyList<string> Programs, Func<int, IReadOnlyList<string>> Arguments)
{
    // Loopback, as for every other process of a run; in a container the engine sees to that.
    private static readonly LocalImage[] Known =
    [
        new("prom/prometheus", ["prometheus"], port => [$"--web.listen-address=127.0.0.1:{port}"]),
        new("prom/alertmanager", ["alertmanager", "prometheus-alertmanager"], port => [$"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]),
    ];

    /// <summary>Where the program is; null: not here.</summary>
    public string? Path => Programs.Select(PathSearch.Find).FirstOrDefault(path => path is not null);

    /// <summary>The image of that name; null: none that is known.</summary>
    public static LocalImage? Find(string? image) => Array.Find(Known, known => known.Image == image);
}
