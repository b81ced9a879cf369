using System.Text.Json;
using System.Text.Json.Serialization;

namespace RateLimitSuite.Contracts.Events;

/// <summary>The one way in which JSON records are written and read: generated code, UTF-8, no reflection.</summary>
[JsonSerializable(typeof(ShapValues))]
[JsonSerializable(typeof(ModelEvent))]
[JsonSerializable(typeof(DriftAlert))]
public sealed partial class EventJson : JsonSerializerContext
{
    /// <summary>The record as UTF-8 JSON.</summary>
    public static byte[] Write(ShapValues value) => JsonSerializer.SerializeToUtf8Bytes(value, Default.ShapValues);

    /// <inheritdoc cref="Write(ShapValues)"/>
    public static byte[] Write(ModelEvent value) => JsonSerializer.SerializeToUtf8Bytes(value, Default.ModelEvent);

    /// <inheritdoc cref="Write(ShapValues)"/>
    public static byte[] Write(DriftAlert value) => JsonSerializer.SerializeToUtf8Bytes(value, Default.DriftAlert);

    /// <summary>Reads a record.</summary>
    /// <exception cref="JsonException">Not such a record; the message holds path and position.</exception>
    public static ShapValues ReadShapValues(ReadOnlySpan<byte> utf8) => Required(JsonSerializer.Deserialize(utf8, Default.ShapValues));

    /// <inheritdoc cref="ReadShapValues"/>
    public static ModelEvent ReadModelEvent(ReadOnlySpan<byte> utf8) => Required(JsonSerializer.Deserialize(utf8, Default.ModelEvent));

    /// <inheritdoc cref="ReadShapValues"/>
    public static DriftAlert ReadDriftAlert(ReadOnlySpan<byte> utf8) => Required(JsonSerializer.Deserialize(utf8, Default.DriftAlert));

    private static T Required<T>(T? value) where T : class => value ?? throw new JsonException("The record is null.");
}
