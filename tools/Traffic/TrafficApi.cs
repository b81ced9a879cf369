namespace RateLimitSuite.Traffic;

/// <summary>What the tool answers: how far it is, and what capacity to simulate. Open to whoever reaches the port: a demo's tool.</summary>
internal static class TrafficApi
{
    private const double FactorMax = 100;

    public static void MapTrafficApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/status", (Progress progress, RunState state) => progress.Report(state)).AllowAnonymous();
        endpoints.MapPost("/capacity", (CapacityChange change, TrafficRunner runner) => change.Factor switch
        {
            not (> 0 and <= FactorMax) => Results.Problem($"factor is {change.Factor}; it must be over 0 and at most {FactorMax}.", statusCode: 400),
            _ when !runner.SayCapacity(change.Factor) => Results.Problem("There is no run.", statusCode: 409),
            _ => Results.Ok(change),
        }).AllowAnonymous();
    }

    internal sealed record CapacityChange(double Factor);
}
