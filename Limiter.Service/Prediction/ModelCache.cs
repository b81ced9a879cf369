using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Prediction;

/// <summary>The last champion in a local file, for a start while the database is away.</summary>
internal sealed class ModelCache(IOptions<LimiterOptions> options)
{
    private string TextPath => Path.Combine(options.Value.DataFolder, "champion.txt");

    private string RecordPath => Path.Combine(options.Value.DataFolder, "champion.json");

    /// <summary>Keeps a champion. The record is written last: a torn write leaves none that matches.</summary>
    public void Write(ServedModel model, byte[] text)
    {
        Directory.CreateDirectory(options.Value.DataFolder);
        Replace(TextPath, text);
        Replace(RecordPath, JsonSerializer.SerializeToUtf8Bytes(model));
    }

    /// <summary>Reads the champion back; null where none is kept, or what is kept is not what was.</summary>
    public (ServedModel Model, byte[] Text)? Read()
    {
        try
        {
            if (!File.Exists(RecordPath) || JsonSerializer.Deserialize<ServedModel>(File.ReadAllBytes(RecordPath)) is not { } model)
            {
                return null;
            }

            var text = File.ReadAllBytes(TextPath);
            return Convert.ToHexStringLower(SHA256.HashData(text)) == model.Sha256 ? (model, text) : null;
        }
        catch (Exception fault) when (fault is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Replace(string path, byte[] bytes)
    {
        var fresh = $"{path}.{Environment.ProcessId}";
        File.WriteAllBytes(fresh, bytes);
        File.Move(fresh, path, overwrite: true);
    }
}
