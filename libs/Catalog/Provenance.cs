using System.Globalization;
using System.Security.Cryptography;

namespace RateLimitSuite.Catalog;

/// <summary>Holds a catalog against what is there, or against another catalog.</summary>
public static class Provenance
{
    private const string TablePrefix = "postgres:";

    /// <summary>Checks every data set of a catalog.</summary>
    /// <param name="catalog">What should be there.</param>
    /// <param name="columnsOf">The columns of a live table by name; null: there is no such table. Null: no database is at hand.</param>
    public static IReadOnlyList<Finding> Check(DataCatalog catalog, Func<string, IReadOnlyList<string>?>? columnsOf = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var folder = Path.GetDirectoryName(Path.GetFullPath(catalog.Path)) ?? ".";
        return [.. catalog.Datasets.SelectMany(dataset => Check(dataset, folder, columnsOf))];
    }

    /// <summary>Compares two catalogs: any data set or pinned key that differs deviates.</summary>
    /// <param name="catalog">What should be.</param>
    /// <param name="actual">What was recorded.</param>
    public static IReadOnlyList<Finding> Compare(DataCatalog catalog, DataCatalog actual)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(actual);
        var recorded = actual.Datasets.ToDictionary(dataset => dataset.Name);
        var known = catalog.Datasets.Select(dataset => dataset.Name).ToHashSet();
        return
        [
            .. catalog.Datasets.SelectMany(dataset => recorded.TryGetValue(dataset.Name, out var other)
                ? Compare(dataset, other)
                : [new(dataset.Name, "name", Verdict.Deviates, $"{actual.Path} does not list it")]),
            .. actual.Datasets.Where(dataset => !known.Contains(dataset.Name))
                .Select(dataset => new Finding(dataset.Name, "name", Verdict.Deviates, $"{catalog.Path} does not list it")),
        ];
    }

    private static IEnumerable<Finding> Compare(CatalogDataset expected, CatalogDataset actual) =>
    [
        Equal(expected.Name, "version", expected.Version, actual.Version),
        Equal(expected.Name, "source", expected.Source, actual.Source),
        Equal(expected.Name, "schema", expected.Schema, actual.Schema),
        Equal(expected.Name, "schema_fingerprint", expected.SchemaFingerprint, actual.SchemaFingerprint),
        Equal(expected.Name, "sha256", expected.Sha256, actual.Sha256),
        Equal(expected.Name, "rows", Text(expected.Rows), Text(actual.Rows)),
    ];

    private static IEnumerable<Finding> Check(CatalogDataset dataset, string folder, Func<string, IReadOnlyList<string>?>? columnsOf)
    {
        var path = Path.Combine(folder, dataset.Schema);
        var schema = File.Exists(path) ? AvroSchema.Read(path) : null;
        yield return schema is null
            ? new(dataset.Name, "schema_fingerprint", Verdict.NotVerifiable, $"{dataset.Schema} is not there")
            : Equal(dataset.Name, "schema_fingerprint", dataset.SchemaFingerprint, schema.Fingerprint);

        var findings = dataset.Source.StartsWith(TablePrefix, StringComparison.Ordinal)
            ? CheckTable(dataset, schema, columnsOf)
            : CheckFile(dataset, Path.Combine(folder, dataset.Source));
        foreach (var finding in findings)
        {
            yield return finding;
        }
    }

    // A live table grows all the time: its columns are checked here, its rows are recorded with each training.
    private static IEnumerable<Finding> CheckTable(CatalogDataset dataset, AvroSchema? schema, Func<string, IReadOnlyList<string>?>? columnsOf)
    {
        var table = dataset.Source[TablePrefix.Length..];
        if (columnsOf is null || schema is null)
        {
            return [new(dataset.Name, "source", Verdict.NotVerifiable, columnsOf is null ? "no database is at hand" : "there is no schema to hold the table against")];
        }

        if (columnsOf(table) is not { } columns)
        {
            return [new(dataset.Name, "source", Verdict.Deviates, $"there is no table {table}")];
        }

        var missing = schema.Fields.Except(columns).ToArray();
        return [missing.Length == 0
            ? new(dataset.Name, "source", Verdict.Matches, $"table {table} has every field of its schema")
            : new(dataset.Name, "source", Verdict.Deviates, $"table {table} lacks {string.Join(", ", missing)}")];
    }

    private static IEnumerable<Finding> CheckFile(CatalogDataset dataset, string path)
    {
        if (dataset.Source.Contains("://", StringComparison.Ordinal))
        {
            return [new(dataset.Name, "source", Verdict.NotVerifiable, $"{dataset.Source} is elsewhere and is not fetched")];
        }

        return !File.Exists(path)
            ? [new(dataset.Name, "source", Verdict.Deviates, $"{dataset.Source} is not there")]
            :
            [
                new(dataset.Name, "source", Verdict.Matches, "the file is there"),
                Equal(dataset.Name, "sha256", dataset.Sha256, dataset.Sha256 is null ? null : HashOf(path)),
                Equal(dataset.Name, "rows", Text(dataset.Rows), dataset.Rows is null ? null : Text(File.ReadLines(path).LongCount(line => line.Length > 0) - 1)),
            ];
    }

    private static Finding Equal(string dataset, string key, string? expected, string? actual) => expected is null
        ? new(dataset, key, Verdict.NotPinned, actual ?? "")
        : string.Equals(expected, actual, StringComparison.OrdinalIgnoreCase)
            ? new(dataset, key, Verdict.Matches, expected)
            : new(dataset, key, Verdict.Deviates, $"{expected} is pinned, {actual ?? "nothing"} is there");

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
