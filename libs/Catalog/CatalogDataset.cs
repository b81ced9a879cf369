namespace RateLimitSuite.Catalog;

/// <summary>One data set of a catalog. Name, version, source and schema are there always; the rest pins more where it is given.</summary>
public sealed record CatalogDataset
{
    /// <summary>Unique in its catalog.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the data, as its owner counts.</summary>
    public required string Version { get; init; }

    /// <summary>A file, <c>postgres:table</c>, or an address elsewhere, which is never fetched.</summary>
    public required string Source { get; init; }

    /// <summary>Path of the Avro schema, from the catalog's folder.</summary>
    public required string Schema { get; init; }

    /// <summary>Pinned fingerprint of the schema, see <see cref="AvroSchema"/>; null: not pinned.</summary>
    public string? SchemaFingerprint { get; init; }

    /// <summary>Pinned SHA-256 of a file source; null: not pinned.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Pinned number of lines after the header of a file source; null: not pinned.</summary>
    public long? Rows { get; init; }

    /// <summary>Line of the catalog on which the data set begins.</summary>
    public long Line { get; init; }
}
