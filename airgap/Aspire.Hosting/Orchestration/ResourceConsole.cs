using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Aspire.Hosting.Orchestration;

/// <summary>One log of all resources: each line begins with the resource's name, coloured on a terminal, plain elsewhere.</summary>
internal sealed partial class ResourceConsole
{
    /// <summary>Who speaks when it is not a resource.</summary>
    public const string AppHost = "apphost";

    private const int LinesKept = 40;
    private const string Reset = "\e[0m";
    private static readonly string[] Palette = ["\e[36m", "\e[32m", "\e[33m", "\e[35m", "\e[34m", "\e[96m", "\e[92m", "\e[93m", "\e[95m", "\e[94m"];

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, string> _colours = new();
    private readonly Dictionary<string, Queue<string>> _tails = [];
    private readonly TextWriter _writer;
    private readonly bool _colour;
    private int _width = 12; // Most names fit; a longer one widens the column from its first line on.

    public ResourceConsole()
        : this(Console.Out, !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")))
    {
    }

    internal ResourceConsole(TextWriter writer, bool colour)
    {
        _writer = writer;
        _colour = colour;
    }

    /// <summary>Writes what the orchestrator itself has to say.</summary>
    public void Say(string line) => Write(AppHost, line);

    /// <summary>Writes one line of a resource.</summary>
    public void Write(string resource, string line)
    {
        var text = _colour ? line : AnsiSequence().Replace(line, "");
        lock (_lock)
        {
            _width = Math.Max(_width, resource.Length);
            Keep(resource, text);
            var name = resource.PadRight(_width);
            _writer.WriteLine(_colour ? $"{ColourOf(resource)}{name} |{Reset} {text}{Reset}" : $"{name} | {text}");
            _writer.Flush();
        }
    }

    /// <summary>The last lines of a resource, for an error message.</summary>
    public IReadOnlyList<string> TailOf(string resource)
    {
        lock (_lock)
        {
            return _tails.TryGetValue(resource, out var tail) ? [.. tail] : [];
        }
    }

    private void Keep(string resource, string line)
    {
        if (!_tails.TryGetValue(resource, out var tail))
        {
            _tails[resource] = tail = new Queue<string>(LinesKept);
        }

        if (tail.Count == LinesKept)
        {
            tail.Dequeue();
        }

        tail.Enqueue(line);
    }

    private string ColourOf(string resource) =>
        resource == AppHost ? "\e[1m" : _colours.GetOrAdd(resource, _ => Palette[_colours.Count % Palette.Length]);

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex AnsiSequence();
}
