using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.Dashboard.Widgets;

/// <summary>Layouts by name: those that come with the dashboard, and those that people saved as files.</summary>
public sealed partial class LayoutStore
{
    private const int MostSaved = 200;
    private const string BuiltInPrefix = "layouts/";

    private readonly string _folder;

    /// <summary>Saves in the folder of the options.</summary>
    public LayoutStore(IOptions<DashboardOptions> options) => _folder = options.Value.LayoutFolder
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "ratelimitsuite", "dashboard");

    /// <summary>All names, in order.</summary>
    public IReadOnlyList<string> Names()
    {
        var saved = Directory.Exists(_folder) ? Directory.GetFiles(_folder, "*.json").Select(Path.GetFileNameWithoutExtension) : [];
        var builtIn = typeof(LayoutStore).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(BuiltInPrefix, StringComparison.Ordinal)).Select(n => n[BuiltInPrefix.Length..]);
        return [.. saved.OfType<string>().Concat(builtIn).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>A layout's JSON; null where there is none of that name.</summary>
    public string? Find(string name)
    {
        if (!IsName(name))
        {
            return null;
        }

        if (File.Exists(FileOf(name)))
        {
            return File.ReadAllText(FileOf(name));
        }

        using var stream = typeof(LayoutStore).Assembly.GetManifestResourceStream(BuiltInPrefix + name);
        return stream is null ? null : new StreamReader(stream).ReadToEnd();
    }

    /// <summary>Saves a layout that <see cref="LayoutReader"/> accepts.</summary>
    /// <returns>Why it was not saved; null: it was.</returns>
    public string? Save(string name, string json)
    {
        if (!IsName(name))
        {
            return $"The name is '{name}'; it must be 1..40 of a-z, 0-9, - and _.";
        }

        if (LayoutReader.Read(json, out var faults) is null)
        {
            return $"{faults[0].Path} {faults[0].Message}";
        }

        try
        {
            Directory.CreateDirectory(_folder);
            if (!File.Exists(FileOf(name)) && Directory.GetFiles(_folder, "*.json").Length >= MostSaved)
            {
                return $"There are {MostSaved} layouts already.";
            }

            // By a move, so that nobody reads half of it.
            var part = FileOf(name) + $".{Guid.NewGuid():N}";
            File.WriteAllText(part, json);
            File.Move(part, FileOf(name), overwrite: true);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"The folder {_folder} cannot be written: {fault.Message}";
        }
    }

    private string FileOf(string name) => Path.Combine(_folder, name + ".json");

    private static bool IsName(string name) => Name().IsMatch(name);

    [GeneratedRegex("^[a-z0-9_-]{1,40}$")]
    private static partial Regex Name();
}
