using System.Text;
using System.Text.Json;
using RateLimitSuite.Contracts.Events;

namespace RateLimitSuite.Contracts.Tests.Events;

public sealed class EventJsonTests
{
    private static readonly ModelEvent Promoted = new()
    {
        Event = "promoted", ModelVersion = "m2", Sha256 = "ab", SchemaHash = "cd", Share = 1, PreviousVersion = "m1", Reason = "passed",
        Timestamp = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    [Fact]
    public void Write_ModelEvent_HasTheFieldsOfTheTopicAndReadsBack()
    {
        var json = EventJson.Write(Promoted);

        using var document = JsonDocument.Parse(json);
        Assert.Equal(
            ["event", "model_version", "sha256", "schema_hash", "share", "previous_version", "reason", "timestamp"],
            document.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal("2026-01-02T03:04:05+00:00", document.RootElement.GetProperty("timestamp").GetString());
        Assert.Equal(Promoted, EventJson.ReadModelEvent(json));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"event":"promoted"}""")]
    [InlineData("""{"event":1,"model_version":"m","sha256":"","schema_hash":"","timestamp":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"event":"promoted","model_version":"m","sha256":"","schema_hash":"","timestamp":"yesterday"}""")]
    public void Read_NotSuchARecord_SaysSo(string json)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);

        Assert.Throws<JsonException>(() => EventJson.ReadModelEvent(utf8));
        Assert.Throws<JsonException>(() => EventJson.ReadDriftAlert(utf8));
        Assert.Throws<JsonException>(() => EventJson.ReadShapValues(utf8));
    }

    [Fact]
    public void Read_RandomBytes_ThrowsNothingElse()
    {
#pragma warning disable CA5394 // Seeded on purpose: a failure must come again.
        var random = new Random(7);
        var valid = EventJson.Write(Promoted);
        for (var i = 0; i < 2_000; i++)
        {
            var damaged = valid.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                Assert.NotNull(EventJson.ReadModelEvent(damaged.AsSpan(0, random.Next(damaged.Length + 1))));
            }
            catch (JsonException)
            {
            }
        }
#pragma warning restore CA5394
    }
}
