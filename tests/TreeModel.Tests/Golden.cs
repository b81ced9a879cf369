using System.Globalization;

namespace RateLimitSuite.TreeModel.Tests;

/// <summary>The golden set: a model, rows, predictions and contributions that native LightGBM computed.</summary>
internal static class Golden
{
    private static readonly Lazy<string?> Folder = new(Find);

    public static bool IsPresent => Folder.Value is not null;

    public static string ModelText => File.ReadAllText(PathOf("model.txt"));

    public static string PathOf(string name) => Path.Combine(Folder.Value!, name);

    public static TreeEnsemble Model() => TreeEnsemble.Parse(ModelText);

    public static double[][] Csv(string name) =>
    [
        .. File.ReadLines(PathOf(name)).Skip(1)
            .Select(line => Array.ConvertAll(line.Split(','), cell => double.Parse(cell, CultureInfo.InvariantCulture))),
    ];

    private static string? Find()
    {
        // The data lie beside the repository, which is somewhere above the test's output.
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "lightgbm-golden");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}

/// <summary>A test that needs the golden set and is skipped, by name, where it is absent.</summary>
internal sealed class GoldenFactAttribute : FactAttribute
{
    public GoldenFactAttribute()
    {
        if (!Golden.IsPresent)
        {
            Skip = "shared/data/lightgbm-golden is not beside the repository.";
        }
    }
}

/// <summary>A test with cases that needs the golden set and is skipped, by name, where it is absent.</summary>
internal sealed class GoldenTheoryAttribute : TheoryAttribute
{
    public GoldenTheoryAttribute() => Skip = new GoldenFactAttribute().Skip;
}
