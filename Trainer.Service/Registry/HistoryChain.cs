using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RateLimitSuite.Trainer.Registry;

/// <summary>Links the history's entries by hashes, so that an entry cannot be changed, dropped or slipped in unseen.</summary>
/// <remarks>The chain shows tampering to whoever noted an earlier hash; it cannot stop someone who rewrites the whole table.</remarks>
internal static class HistoryChain
{
    /// <summary>The hash before the first entry.</summary>
    public static readonly string Root = new('0', 64);

    /// <summary>The hash of an entry: SHA-256 over each field's length and text.</summary>
    /// <remarks>The lengths keep two entries apart whose fields only run together to the same text.</remarks>
    public static string Hash(HistoryRecord entry)
    {
        string[] fields =
        [
            entry.Number.ToString(CultureInfo.InvariantCulture), entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            entry.Event, entry.Version, entry.Actor, entry.Reason, entry.PreviousHash,
        ];
        var text = string.Concat(fields.Select(field => $"{field.Length}:{field}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Whether entries 1, 2, … follow one another without a gap and each hash is right.</summary>
    /// <param name="oldestFirst">All entries.</param>
    public static bool IsIntact(IEnumerable<HistoryRecord> oldestFirst)
    {
        var (number, hash) = (0L, Root);
        foreach (var entry in oldestFirst)
        {
            if (entry.Number != number + 1 || entry.PreviousHash != hash || entry.Hash != Hash(entry))
            {
                return false;
            }

            (number, hash) = (entry.Number, entry.Hash);
        }

        return true;
    }
}
