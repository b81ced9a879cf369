using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Asks the limiter for its heaviest clients and for overrides.</summary>
internal sealed class ClientsFeed(LimiterApi.LimiterApiClient limiter, SuiteState state, TimeProvider time, ILogger<ClientsFeed> logger)
    : Feed("limiter's list of clients", TimeSpan.FromSeconds(2), time, logger)
{
    private const int MostOverrides = 100;

    protected override async Task AskAsync(CancellationToken cancellationToken)
    {
        var status = await limiter.GetStatusAsync(new GetLimiterStatusRequest { IncludeClients = true }, deadline: Deadline, cancellationToken: cancellationToken);
        var overrides = await limiter.ListOverridesAsync(
            new ListOverridesRequest { IncludeEnded = true, Limit = MostOverrides }, deadline: Deadline, cancellationToken: cancellationToken);
        state.Clients.Set(new ClientsView(status.TopClients, overrides.Overrides, overrides.Audit));
    }

    protected override void Fail(Exception cause) => state.Clients.Fail(cause);
}
