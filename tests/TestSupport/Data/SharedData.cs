namespace RateLimitSuite.TestSupport;

/// <summary>Finds the data sets that lie beside the repository, in <c>shared/data</c>, and are not part of it.</summary>
public static class SharedData
{
    /// <summary>Names the folder <c>shared</c> where it is not beside the repository.</summary>
    public const string Variable = "RATELIMITSUITE_SHARED";

    private static readonly string? Root = Find();

    /// <summary>Whether the folder or file is there.</summary>
    /// <param name="relative">Path below <c>shared/data</c>, with <c>/</c>.</param>
    public static bool Has(string relative) => Root is not null && Path.Exists(Path.Combine(Root, relative));

    /// <summary>The full path of a folder or file.</summary>
    /// <param name="relative">Path below <c>shared/data</c>, with <c>/</c>.</param>
    /// <exception cref="FileNotFoundException">It is not there; tests ask with <see cref="SharedDataFactAttribute"/> first.</exception>
    public static string PathOf(string relative) => Has(relative)
        ? Path.Combine(Root!, relative)
        : throw new FileNotFoundException($"shared/data/{relative} is not beside the repository; {Variable} can name the folder 'shared'.");

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return Path.Combine(named, "data");
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
