using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting.Parameters;

/// <summary>Made-up parameter values, kept in the user's secrets file so that the next run has the same.</summary>
internal sealed class GeneratedValues(Assembly? appHost, bool inMemory)
{
    private static readonly Lock FileLock = new();
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly ConcurrentDictionary<string, string> _memory = new();
    private readonly string? _secretsId = inMemory ? null : appHost?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId;

    /// <summary>The value kept under <paramref name="key"/>, or a new one, which is kept.</summary>
    public string GetOrAdd(string key, Func<string> create)
    {
        if (_secretsId is null)
        {
            return _memory.GetOrAdd(key, _ => create());
        }

        lock (FileLock)
        {
            var path = PathHelper.GetSecretsPathFromSecretsId(_secretsId);
            var secrets = Read(path);
            if (secrets[key]?.GetValue<string>() is { } kept)
            {
                return kept;
            }

            var value = create();
            secrets[key] = value;
            Write(path, secrets);
            return value;
        }
    }

    private static JsonObject Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(File.ReadAllText(path), documentOptions: new() { CommentHandling = JsonCommentHandling.Skip }) as JsonObject ?? [];
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException($"The user secrets in '{path}' are not JSON: {exception.Message} Mend or delete the file.", exception);
        }
    }

    // Written beside and moved over, so that a reader never sees half a file.
    private static void Write(string path, JsonObject secrets)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}";
        using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        using (var writer = new Utf8JsonWriter(stream, new() { Indented = true }))
        {
            secrets.WriteTo(writer, Indented);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
