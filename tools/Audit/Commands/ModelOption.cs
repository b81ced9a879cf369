using System.CommandLine;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Audit.Commands;

/// <summary>The option <c>--model</c>, which most commands take.</summary>
internal static class ModelOption
{
    /// <summary>Creates the option.</summary>
    public static Option<string> Create() => new("--model") { Description = "Model in LightGBM's text format.", Required = true };

    /// <summary>Reads the model; an error names the file.</summary>
    public static TreeEnsemble Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new UsageException($"{path}: there is no such file.");
        }

        try
        {
            return TreeEnsemble.Parse(File.ReadAllBytes(path));
        }
        catch (ModelFormatException error)
        {
            throw new UsageException($"{path}, {error.Message}");
        }
    }
}
