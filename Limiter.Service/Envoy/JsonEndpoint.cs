using System.Text;
using Google.Protobuf;
using RateLimitSuite.Limiter.Envoy.V3;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary><c>POST /json</c>: the same question as the gRPC call, in proto3 JSON. 200 allowed, 429 over limit, 400 a bad body.</summary>
internal static class JsonEndpoint
{
    private const int BodyBytesMax = 256 * 1024;
    private const int DepthMax = 20;

    private static readonly JsonParser Parser = new(new JsonParser.Settings(DepthMax).WithIgnoreUnknownFields(true));

    public static IEndpointConventionBuilder MapEnvoyJson(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/json", static async (HttpContext http, EnvoyDecider decider, LimiterMetrics metrics) =>
        {
            var body = await ReadAsync(http.Request, http.RequestAborted);
            if (body is null)
            {
                return Results.Problem($"The body must have at most {BodyBytesMax} bytes.", statusCode: 413);
            }

            string? fault;
            try
            {
                var answer = new EnvoyAnswer();
                fault = decider.TryDecide(Parser.Parse<RateLimitRequest>(body), answer);
                if (fault is null)
                {
                    return Results.Text(
                        JsonFormatter.Default.Format(answer.Response), "application/json", Encoding.UTF8, answer.Response.OverallCode == Code.OverLimit ? 429 : 200);
                }
            }
            catch (Exception broken) when (broken is InvalidJsonException or InvalidProtocolBufferException)
            {
                fault = broken.Message;
            }

            metrics.Invalid("/json");
            return Results.Problem(fault, statusCode: 400);
        });

    private static async Task<string?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = new byte[BodyBytesMax + 1];
        var read = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return read > BodyBytesMax ? null : Encoding.UTF8.GetString(buffer, 0, read);
    }
}
