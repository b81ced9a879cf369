using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>The alert as JSON to any address, signed by HMAC-SHA256.</summary>
/// <remarks>The signature header is <c>t=UNIX SECONDS,v1=HEX</c> over <c>t.body</c>: a receiver checks it, refuses an old <c>t</c>, and
/// drops a delivery whose id it has seen.</remarks>
internal sealed class WebhookSink(Uri address, string? secret, TimeProvider clock, JsonPost post) : INotificationSink
{
    /// <summary>Header with the alert's id.</summary>
    public const string DeliveryHeader = "X-RateLimitSuite-Delivery";

    /// <summary>Header with time and signature.</summary>
    public const string SignatureHeader = "X-RateLimitSuite-Signature";

    public string Name => "webhook";

    public Task SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        var alert = notification.Alert;
        var body = new Body(
            alert.Id, alert.At.UtcDateTime, alert.Name, alert.Severity, alert.Message, alert.Detector, alert.Value, alert.Limit, alert.Count,
            alert.ModelVersion, alert.FollowedBy, notification.Evidence.Features, notification.Evidence.RequestIds, notification.Link);
        return post.SendAsync(address, body, bytes => Headers(alert.Id, bytes), cancellationToken);
    }

    /// <summary>The signature of a body sent at a time.</summary>
    public static string Sign(string secret, long unixSeconds, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{unixSeconds}.")));
        hash.AppendData(body);
        return string.Create(CultureInfo.InvariantCulture, $"t={unixSeconds},v1={Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }

    private IEnumerable<(string, string)> Headers(Guid id, byte[] body)
    {
        yield return (DeliveryHeader, id.ToString());
        if (!string.IsNullOrEmpty(secret))
        {
            yield return (SignatureHeader, Sign(secret, clock.GetUtcNow().ToUnixTimeSeconds(), body));
        }
    }

    private sealed record Body(
        [property: JsonPropertyName("id")] Guid Id,
        [property: JsonPropertyName("timestamp")] DateTime Timestamp,
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("severity")] string Severity,
        [property: JsonPropertyName("message")] string Message,
        [property: JsonPropertyName("detector")] string Detector,
        [property: JsonPropertyName("value")] double Value,
        [property: JsonPropertyName("limit")] double Limit,
        [property: JsonPropertyName("n")] long Count,
        [property: JsonPropertyName("model_version")] string ModelVersion,
        [property: JsonPropertyName("followed_by")] string FollowedBy,
        [property: JsonPropertyName("features")] IReadOnlyList<FeatureContribution> Features,
        [property: JsonPropertyName("request_ids")] IReadOnlyList<string> RequestIds,
        [property: JsonPropertyName("dashboard")] Uri Dashboard);
}
