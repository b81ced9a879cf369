using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RateLimitSuite.Catalog;

/// <summary>A <c>data-catalog.yaml</c>: <c>datasets: [{name, version, source, schema}]</c>, with <c>schema_fingerprint</c>, <c>sha256</c> and
/// <c>rows</c> where they are pinned. Other keys are the owner's own.</summary>
public sealed class DataCatalog
{
    private const int BytesMaximum = 1 << 20;

    private DataCatalog(string path, string sha256, IReadOnlyList<CatalogDataset> datasets) => (Path, Sha256, Datasets) = (path, sha256, datasets);

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    /// <summary>SHA-256 of the file.</summary>
    public string Sha256 { get; }

    /// <summary>The data sets in order.</summary>
    public IReadOnlyList<CatalogDataset> Datasets { get; }

    /// <summary>Reads a catalog.</summary>
    /// <exception cref="CatalogFormatException">It is not there, not YAML, or lacks a key: the message names file, line and key.</exception>
    public static DataCatalog Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CatalogFormatException($"{path}: there is no such file.");
        }

        if (new FileInfo(path).Length > BytesMaximum)
        {
            throw new CatalogFormatException($"{path}: over {BytesMaximum} bytes; that is no catalog.");
        }

        var bytes = File.ReadAllBytes(path);
        return new(path, Convert.ToHexStringLower(SHA256.HashData(bytes)), Parse(path, Encoding.UTF8.GetString(bytes)));
    }

    private static List<CatalogDataset> Parse(string path, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException fault)
        {
            throw new CatalogFormatException($"{path}, line {fault.Start.Line}: {fault.Message}", fault);
        }

        if (stream.Documents is not [{ RootNode: YamlMappingNode root }] || !root.Children.TryGetValue("datasets", out var node) || node is not YamlSequenceNode list)
        {
            throw new CatalogFormatException($"{path}: it must hold one list 'datasets'.");
        }

        var datasets = list.Select(entry => ToDataset(path, entry)).ToList();
        return datasets.GroupBy(dataset => dataset.Name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new CatalogFormatException($"{path}, line {twice.Last().Line}: data set '{twice.Key}' is there twice.")
            : datasets;
    }

    private static CatalogDataset ToDataset(string path, YamlNode node)
    {
        if (node is not YamlMappingNode entry)
        {
            throw new CatalogFormatException($"{path}, line {node.Start.Line}: a data set is a mapping of name, version, source and schema.");
        }

        return new()
        {
            Name = Required(path, entry, "name"),
            Version = Required(path, entry, "version"),
            Source = Required(path, entry, "source"),
            Schema = Required(path, entry, "schema"),
            SchemaFingerprint = Optional(path, entry, "schema_fingerprint"),
            Sha256 = Optional(path, entry, "sha256"),
            Rows = Rows(path, entry),
            Line = entry.Start.Line,
        };
    }

    private static long? Rows(string path, YamlMappingNode entry) => Optional(path, entry, "rows") switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) => rows,
        var text => throw new CatalogFormatException($"{path}, line {entry.Start.Line}: rows is '{text}'; it must be a whole number from 0."),
    };

    private static string Required(string path, YamlMappingNode entry, string key) => Optional(path, entry, key) is { Length: > 0 } value
        ? value
        : throw new CatalogFormatException($"{path}, line {entry.Start.Line}: a data set lacks '{key}'.");

    private static string? Optional(string path, YamlMappingNode entry, string key) => !entry.Children.TryGetValue(key, out var node)
        ? null
        : node is YamlScalarNode scalar ? scalar.Value : throw new CatalogFormatException($"{path}, line {node.Start.Line}: {key} must be text.");
}
