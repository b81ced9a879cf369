namespace Aspire.Hosting.Processes;

/// <summary>Finds programs as a shell does.</summary>
internal static class PathSearch
{
    public static string? Find(string program) => Find(program, (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));

    public static string? Find(string program, IEnumerable<string> folders) => folders
        .Where(folder => folder.Length > 0)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
