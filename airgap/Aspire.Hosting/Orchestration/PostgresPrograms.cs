using System.Globalization;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>This machine's PostgreSQL: on PATH, or in the folder with a version in it where Debian puts it.</summary>
internal sealed record PostgresPrograms(string Folder)
{
    private const string DebianFolder = "/usr/lib/postgresql";

    public string Server => Path.Combine(Folder, "postgres");

    public string InitDb => Path.Combine(Folder, "initdb");

    /// <param name="resource">The resource that needs them, for the error.</param>
    /// <param name="configured">The folder set in configuration, the only one searched then.</param>
    /// <exception cref="DistributedApplicationException">There is none; the message says how to install it.</exception>
    public static PostgresPrograms Find(string resource, string? configured)
    {
        string[] folders = configured is null
            ? [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), .. DebianFolders()]
            : [configured];
        return folders.Where(f => f.Length > 0).Select(f => new PostgresPrograms(f)).FirstOrDefault(p => File.Exists(p.Server) && File.Exists(p.InitDb))?.Resolve()
            ?? throw new DistributedApplicationException(
                $"""
                 Resource '{resource}' needs PostgreSQL, and neither PATH nor {DebianFolder}/*/bin has `postgres` and `initdb`.
                   Install it:                    apt-get install postgresql
                   or use a server of your own:   set ConnectionStrings:suite (environment: ConnectionStrings__suite)
                 """);
    }

    // A link on PATH hides which version's folder it is.
    private PostgresPrograms Resolve() => File.ResolveLinkTarget(Server, returnFinalTarget: true) is { } target
        ? new PostgresPrograms(Path.GetDirectoryName(target.FullName)!)
        : this;

    // The newest first.
    private static IEnumerable<string> DebianFolders() => Directory.Exists(DebianFolder)
        ? Directory.GetDirectories(DebianFolder)
            .OrderByDescending(f => double.TryParse(Path.GetFileName(f), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(f => Path.Combine(f, "bin"))
        : [];
}
