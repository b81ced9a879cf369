using System.Text;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Api;

/// <summary>The clients that ask most, with what the table knows of them now.</summary>
internal sealed class TopClients(HeavyHitters heaviest, ClientTable clients, PolicyHolder policies)
{
    private const int Most = 20;

    /// <param name="now">Monotonic time.</param>
    public IReadOnlyList<ClientStatus> Report(TimeSpan now) => [.. heaviest.Top(Most, now).Select(client => ToMessage(client, now))];

    // Whom the table had no room for, or forgot, is known by the sketch alone.
    private ClientStatus ToMessage(HeavyClient client, TimeSpan now)
    {
        var policy = policies.ByNumber(client.Policy);   // null: a reload took it away
        var status = new ClientStatus
        {
            ClientId = Encoding.UTF8.GetString(client.IdUtf8),
            Decisions = (ulong)client.Decisions,
            Throttled = (ulong)client.Throttled,
            Policy = policy?.Name ?? "",
            Backend = policy?.Backend ?? "",
        };
        using var entry = clients.EnterKnown(client.IdUtf8, client.Policy);
        if (entry.Exists)
        {
            status.RequestsPerSecond = entry.State.Activity.RequestRate(now);
            status.Tokens = entry.State.Bucket.Tokens;
            status.RefillRate = entry.State.Bucket.Limit.RefillRate;
        }

        return status;
    }
}
