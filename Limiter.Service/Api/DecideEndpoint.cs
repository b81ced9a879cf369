using System.Text.Json;
using System.Text.Json.Serialization;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Api;

/// <summary><c>POST /decide</c>: one decision over plain HTTP and JSON.</summary>
internal static class DecideEndpoint
{
    private const int BodyBytesMax = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static IEndpointConventionBuilder MapDecide(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/decide", static async (HttpContext http, Decider decider, FeatureSchema schema, LimiterClock clock, LimiterMetrics metrics) =>
        {
            if (http.Request.ContentLength is > BodyBytesMax)
            {
                return Results.Problem($"The body has {http.Request.ContentLength} bytes; it must have at most {BodyBytesMax}.", statusCode: 413);
            }

            var fault = "";
            var started = clock.Now;
            try
            {
                var body = await JsonSerializer.DeserializeAsync<Body>(http.Request.Body, Json, http.RequestAborted);
                fault = ToRequest(body, schema, out var request);
                if (fault is null && (fault = decider.TryDecide(request!, clock.Now, out var response)) is null)
                {
                    metrics.Called("/decide", clock.Now - started);
                    return Results.Json(ToAnswer(response!), Json);
                }
            }
            catch (JsonException broken)
            {
                fault = $"The body is no such JSON object: {broken.Message}";
            }

            metrics.Invalid("/decide");
            return Results.Problem(fault, statusCode: 400);
        });

    private static string? ToRequest(Body? body, FeatureSchema schema, out DecideRequest? request)
    {
        request = null;
        if (body is null)
        {
            return "The body is null; it must be an object with id and features.";
        }

        request = new DecideRequest
        {
            ClientId = body.Id ?? "",
            Domain = body.Domain ?? "",
            RequestId = body.RequestId ?? "",
            ClientIp = body.ClientIp ?? "",
            Backend = body.Backend ?? "",
            Features = new CallerFeatures(),
        };
        if (request.ClientId.Length == 0)
        {
            return "id is missing; it must name the client.";
        }

        if (body.Cost is { } cost)
        {
            request.Cost = cost;
        }

        return ReadFeatures(body.Features, schema, request.Features);
    }

    private static string? ReadFeatures(JsonElement features, FeatureSchema schema, CallerFeatures into) => features.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.Array => ReadArray(features, schema, into),
        JsonValueKind.Object => ReadObject(features, schema, into),
        _ => "features must be an array of numbers or an object of numbers by name.",
    };

    private static string? ReadArray(JsonElement features, FeatureSchema schema, CallerFeatures into)
    {
        const int Specified = 4;   // What the endpoint was specified with: volume, latency, risk, hour.
        var length = features.GetArrayLength();
        if (length != Specified && length != schema.Count)
        {
            return $"features has {length} values; it must have {Specified} (the first four) or {schema.Count}.";
        }

        for (var i = 0; i < length; i++)
        {
            if (features[i].ValueKind != JsonValueKind.Number)
            {
                return $"features[{i}] is no number.";
            }

            Set(into, i, schema.Names[i], features[i].GetDouble());
        }

        return null;
    }

    private static string? ReadObject(JsonElement features, FeatureSchema schema, CallerFeatures into)
    {
        foreach (var feature in features.EnumerateObject())
        {
            var index = schema.IndexOf(feature.Name);
            if (index < 0)
            {
                return $"features.{RequestChecks.Shorten(feature.Name)} is not known; known are {string.Join(", ", schema.Names)}.";
            }

            if (feature.Value.ValueKind != JsonValueKind.Number)
            {
                return $"features.{feature.Name} is no number.";
            }

            Set(into, index, feature.Name, feature.Value.GetDouble());
        }

        return null;
    }

    private static void Set(CallerFeatures features, int index, string name, double value)
    {
        switch (index)
        {
            case FeatureSchema.RequestVolume:
                features.RequestVolume = value;
                break;
            case FeatureSchema.AverageLatency:
                features.AvgLatency = value;
                break;
            case FeatureSchema.ClientRisk:
                features.ClientRisk = value;
                break;
            case FeatureSchema.HourOfDay:
                features.HourOfDay = value;
                break;
            case FeatureSchema.RequestSize:
                features.RequestSize = value;
                break;
            case FeatureSchema.IpReputation:
                features.IpReputation = value;
                break;
            default:
                features.More[name] = value;
                break;
        }
    }

    private static Answer ToAnswer(DecideResponse response) => new(
        response.Allowed,
        response.HasPrediction ? response.Prediction : null,
        response.Remaining,
        response.Limit,
        response.RefillRate,
        response.RetryAfter?.ToTimeSpan().TotalSeconds,
        response.ModelVersion.Length > 0 ? response.ModelVersion : null,
        response.RequestId,
        response.Reason.Word(),
        response.DecidedBy.Word(),
        response.Policy,
        response.IgnoredFeatures.Count > 0 ? [.. response.IgnoredFeatures] : null);

    private sealed record Body(
        string? Id, string? RequestId, string? Domain, double? Cost, string? ClientIp, string? Backend, JsonElement Features);

    // prediction stays in the answer when there is none: callers were promised the field.
    private sealed record Answer(
        bool Allowed,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Prediction,
        double Remaining,
        double Limit,
        double RefillRate,
        double? RetryAfter,
        string? ModelVersion,
        string RequestId,
        string Reason,
        string DecidedBy,
        string Policy,
        IReadOnlyList<string>? IgnoredFeatures);
}
