using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace RateLimitSuite.Trainer.Extraction;

/// <summary>SHA-256 of the canonical training data: the same rows give the same hash on every machine.</summary>
/// <remarks>Schema hash and row count, then column after column as little-endian bytes, then the client of each row by name.</remarks>
internal static class DataHash
{
    /// <summary>The hash as 64 lower-case hexadecimal digits.</summary>
    public static string Of(MetricsRows rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{rows.Schema.Hash}\n{rows.Count}\n"));
        Append(hash, rows.Timestamp);
        foreach (var column in (IEnumerable<List<double>>)[.. rows.Features, rows.Label, rows.Low, rows.High, rows.Quality, rows.Propensity])
        {
            Append(hash, column);
        }

        Append(hash, rows.Limited);
        AppendNames(hash, rows);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static void Append<T>(IncrementalHash hash, List<T> column) where T : struct =>
        hash.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(column)));

    private static void AppendNames(IncrementalHash hash, MetricsRows rows)
    {
        Append(hash, rows.Client);
        for (var client = 0; client < rows.Clients.Count; client++)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(rows.Clients[client] + "\n"));
        }
    }
}
