using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>One numbered script.</summary>
internal sealed partial record Migration(int Number, string Name, string Sql)
{
    /// <summary>Of the text with line ends as git keeps them, so that a checkout on Windows has the same hash.</summary>
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>Reads an assembly's scripts, in order of their numbers.</summary>
    /// <exception cref="InvalidOperationException">There is none, or two share a number.</exception>
    public static IReadOnlyList<Migration> ReadAll(Assembly assembly)
    {
        var migrations = assembly.GetManifestResourceNames()
            .Select(resource => (resource, Match: ResourceName().Match(resource)))
            .Where(found => found.Match.Success)
            .Select(found => Read(assembly, found.resource, found.Match))
            .OrderBy(migration => migration.Number)
            .ToList();
        if (migrations.Count == 0)
        {
            throw new InvalidOperationException($"{assembly.GetName().Name} embeds no script named Migrations/NNNN_name.sql.");
        }

        foreach (var (first, second) in migrations.Zip(migrations.Skip(1)).Where(pair => pair.First.Number == pair.Second.Number))
        {
            throw new InvalidOperationException($"Migrations {first} and {second} have the same number.");
        }

        return migrations;
    }

    public override string ToString() => $"{Number:0000}_{Name}";

    private static Migration Read(Assembly assembly, string resource, Match match)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture), match.Groups["name"].Value, reader.ReadToEnd());
    }

    // MSBuild writes a resource's folder with dots, or with slashes where LogicalName says so.
    [GeneratedRegex(@"(^|[./])Migrations[./](?<number>\d{4})_(?<name>[\w-]+)\.sql$")]
    private static partial Regex ResourceName();
}
