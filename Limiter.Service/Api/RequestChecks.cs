using System.Net;
using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Checks what callers send. Each returns what is wrong, naming field, value and range; null: nothing.</summary>
internal static class RequestChecks
{
    public const int ClientIdBytesMax = 256;
    public const int RequestIdLengthMax = 128;
    public const int DomainLengthMax = 100;
    public const uint AttemptMax = 1000;
    public const double CostMax = 1e9;

    public static string? ClientId(string value, string field = "client_id")
    {
        // A UTF-16 character is at most three bytes: the count is only needed for long ones.
        if (value.Length == 0 || value.Length > ClientIdBytesMax || (value.Length * 3 > ClientIdBytesMax && Encoding.UTF8.GetByteCount(value) > ClientIdBytesMax))
        {
            return $"{field} has {Encoding.UTF8.GetByteCount(value)} UTF-8 bytes; it must have 1..{ClientIdBytesMax}.";
        }

        return Text(value, field);
    }

    public static string? RequestId(string value) =>
        value.Length > RequestIdLengthMax ? $"request_id has {value.Length} characters; it must have at most {RequestIdLengthMax}." : Text(value, "request_id");

    public static string? Domain(string value) =>
        value.Length > DomainLengthMax ? $"domain has {value.Length} characters; it must have at most {DomainLengthMax}." : Text(value, "domain");

    /// <summary>PostgreSQL keeps no U+0000 in a text, and one such id would keep every row beside it from being written.</summary>
    public static string? Text(string value, string field) => value.Contains('\0') ? $"{field} has the character U+0000; it must have none." : null;

    public static string? Attempt(uint value) => value > AttemptMax ? $"attempt is {value}; it must be 0..{AttemptMax}." : null;

    public static string? Cost(double value, string field = "cost") =>
        value is >= 0 and <= CostMax ? null : FormattableString.Invariant($"{field} is {value} tokens; it must be 0 (look only) to {CostMax}.");

    public static string? Address(string text, out IPAddress? address)
    {
        address = null;
        if (text.Length == 0 || (text.Length <= 45 && IPAddress.TryParse(text, out address)))
        {
            return null;
        }

        return $"client_ip is '{Shorten(text)}'; it must be an IPv4 or IPv6 address.";
    }

    /// <summary>A duration of a message; null where it is unset.</summary>
    public static string? Duration(Google.Protobuf.WellKnownTypes.Duration? value, string field, TimeSpan minimum, TimeSpan maximum, ref TimeSpan duration)
    {
        if (value is null)
        {
            return null;
        }

        // Checked before it is converted: a malformed one would throw there.
        var seconds = value.Seconds + (value.Nanos / 1e9);
        if (Math.Abs((long)value.Nanos) > 999_999_999 || !(seconds >= minimum.TotalSeconds && seconds <= maximum.TotalSeconds))
        {
            return FormattableString.Invariant($"{field} is {seconds} s; it must be {minimum.TotalSeconds}..{maximum.TotalSeconds} s.");
        }

        duration = TimeSpan.FromSeconds(seconds);
        return null;
    }

    /// <summary>Fills a feature vector with what the caller gave, NaN where nothing.</summary>
    public static string? Features(CallerFeatures? given, FeatureSchema schema, Span<double> features)
    {
        features.Fill(double.NaN);
        if (given is null)
        {
            return null;
        }

        Set(features, FeatureSchema.RequestVolume, given.HasRequestVolume, given.RequestVolume);
        Set(features, FeatureSchema.AverageLatency, given.HasAvgLatency, given.AvgLatency);
        Set(features, FeatureSchema.ClientRisk, given.HasClientRisk, given.ClientRisk);
        Set(features, FeatureSchema.HourOfDay, given.HasHourOfDay, given.HourOfDay);
        Set(features, FeatureSchema.RequestSize, given.HasRequestSize, given.RequestSize);
        Set(features, FeatureSchema.IpReputation, given.HasIpReputation, given.IpReputation);
        return GivenNaN(given) ?? More(given, schema, features) ?? Ranges(schema, features);
    }

    /// <summary>Checks every value that is not NaN against the schema.</summary>
    public static string? Ranges(FeatureSchema schema, ReadOnlySpan<double> features)
    {
        for (var i = 0; i < features.Length; i++)
        {
            if (!double.IsNaN(features[i]) && schema.Fault(i, features[i]) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    public static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");

    private static string? More(CallerFeatures given, FeatureSchema schema, Span<double> features)
    {
        foreach (var (name, value) in given.More)
        {
            var index = schema.IndexOf(name);
            if (index < FeatureSchema.V1.Count)
            {
                return $"features.more has '{Shorten(name)}', which is not among the appended features of schema {schema.Version}.";
            }

            if (double.IsNaN(value))
            {
                return $"features.more[{name}] is NaN; leave it out where it is not known.";
            }

            features[index] = value;
        }

        return null;
    }

    // NaN stands for "not given" from here on, so a NaN that was given must be told apart first.
    private static string? GivenNaN(CallerFeatures given)
    {
        var name = given switch
        {
            { HasRequestVolume: true, RequestVolume: double.NaN } => "request_volume",
            { HasAvgLatency: true, AvgLatency: double.NaN } => "avg_latency",
            { HasClientRisk: true, ClientRisk: double.NaN } => "client_risk",
            { HasHourOfDay: true, HourOfDay: double.NaN } => "hour_of_day",
            { HasRequestSize: true, RequestSize: double.NaN } => "request_size",
            { HasIpReputation: true, IpReputation: double.NaN } => "ip_reputation",
            _ => null,
        };
        return name is null ? null : $"features.{name} is NaN; leave it out where it is not known.";
    }

    private static void Set(Span<double> features, int index, bool given, double value)
    {
        if (given)
        {
            features[index] = value;
        }
    }
}
