namespace RateLimitSuite.TestSupport;

/// <summary>Finds PostgreSQL's programs: on PATH, or in Debian's versioned folders, the newest first.</summary>
internal static class PostgresBinaries
{
    private const string DebianFolder = "/usr/lib/postgresql";

    /// <summary>The folder with <c>postgres</c> and <c>initdb</c>.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed.</exception>
    public static string Folder { get; } = OnPath().Concat(InDebian()).FirstOrDefault(IsComplete)
        ?? throw new InvalidOperationException("PostgreSQL is neither on PATH nor in /usr/lib/postgresql; ./test installs it, or: apt-get install postgresql.");

    private static IEnumerable<string> OnPath() =>
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        let program = new FileInfo(Path.Combine(folder, "postgres"))
        where program.Exists
        select (program.ResolveLinkTarget(returnFinalTarget: true) ?? program) is FileInfo real ? real.DirectoryName! : folder;

    private static IEnumerable<string> InDebian() => !Directory.Exists(DebianFolder) ? [] :
        from folder in Directory.GetDirectories(DebianFolder)
        where int.TryParse(Path.GetFileName(folder), out _)
        orderby int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture) descending
        select Path.Combine(folder, "bin");

    private static bool IsComplete(string folder) => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb"));
}
