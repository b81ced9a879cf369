using System.Globalization;

namespace RateLimitSuite.Airgap.Aspire.Tests;

/// <summary>The processes of this machine, from /proc.</summary>
internal static class Processes
{
    /// <summary>All processes below <paramref name="root"/>, with the time of their start, as an id alone may be given again.</summary>
    public static IReadOnlyList<(int Id, string Start, string Command)> Below(int root)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Stat: Stat(id)))
            .Where(p => p.Stat is not null)
            .ToArray();
        var below = new HashSet<int> { root };
        for (var before = 0; before != below.Count;)
        {
            before = below.Count;
            below.UnionWith(all.Where(p => below.Contains(Parent(p.Stat!))).Select(p => p.Id));
        }

        below.Remove(root);
        return [.. all.Where(p => below.Contains(p.Id)).Select(p => (p.Id, Start(p.Stat!), Command(p.Stat!)))];
    }

    public static bool IsAlive((int Id, string Start, string Command) process) =>
        Stat(process.Id) is { } stat && Start(stat) == process.Start && !IsZombie(stat);

    public static bool IsGone(int id) => Stat(id) is not { } stat || IsZombie(stat);

    // pid (command) state ppid … starttime is field 22; the command may hold blanks and parentheses.
    private static string? Stat(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string[] Fields(string stat) => stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

    private static string Command(string stat) => stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];

    private static int Parent(string stat) => int.Parse(Fields(stat)[1], CultureInfo.InvariantCulture);

    private static string Start(string stat) => Fields(stat)[19];

    private static bool IsZombie(string stat) => Fields(stat)[0] == "Z";
}
