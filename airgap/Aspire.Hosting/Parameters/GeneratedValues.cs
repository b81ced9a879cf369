using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting.Parameters;

/// <summary>Made-up parameter values, kept in a file so that the next run has the same.</summary>
/// <param name="path">The file; null: they last as long as this object.</param>
internal sealed class GeneratedValues(string? path)
{
    private static readonly Lock FileLock = new();
    private readonly ConcurrentDictionary<string, string> _memory = new();

    /// <summary>Values kept in the user's secrets of AppHost, except in tests and where AppHost has no secrets' id.</summary>
    public static GeneratedValues Of(Assembly? appHost, bool persist)
    {
        var id = persist && EntryPointRun.Current is null
            ? appHost?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId
            : null;
        return new(id is null ? null : PathHelper.GetSecretsPathFromSecretsId(id));
    }

    /// <summary>The value kept under <paramref name="key"/>, or a new one, which is kept.</summary>
    public string GetOrAdd(string key, Func<string> create)
    {
        if (path is null)
        {
            return _memory.GetOrAdd(key, _ => create());
        }

        lock (FileLock)
        {
            var values = Read(path);
            if (values[key]?.GetValue<string>() is { } kept)
            {
                return kept;
            }

            var value = create();
            values[key] = value;
            Write(path, values);
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
    private static void Write(string path, JsonObject values)
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
            values.WriteTo(writer);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
