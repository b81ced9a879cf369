using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RateLimitSuite.Catalog;

/// <summary>An Avro record schema, as far as a table is described by it: its fields, and a fingerprint.</summary>
/// <param name="Name">The record's name.</param>
/// <param name="Fields">Names of the fields in order.</param>
/// <param name="Fingerprint">SHA-256 of the schema with white space, <c>doc</c>, <c>aliases</c> and the order of keys taken out.</param>
public sealed record AvroSchema(string Name, IReadOnlyList<string> Fields, string Fingerprint)
{
    private static readonly string[] Unimportant = ["doc", "aliases"];

    /// <summary>Reads a schema.</summary>
    /// <exception cref="CatalogFormatException">It is not JSON, or no record.</exception>
    public static AvroSchema Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var fields = root.GetProperty("fields").EnumerateArray().Select(field => field.GetProperty("name").GetString() ?? "").ToArray();
            var canonical = new StringBuilder();
            Append(canonical, root);
            return new(root.GetProperty("name").GetString() ?? "", fields, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString()))));
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CatalogFormatException($"{path}: it is no Avro record schema: {fault.Message}", fault);
        }
    }

    private static void Append(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var property in element.EnumerateObject().Where(p => !Unimportant.Contains(p.Name)).OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    text.Append(JsonSerializer.Serialize(property.Name)).Append(':');
                    Append(text, property.Value);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in element.EnumerateArray())
                {
                    Append(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            default:
                text.Append(element.GetRawText());
                break;
        }
    }
}
