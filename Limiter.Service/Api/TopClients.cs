using System.Text;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Limiter.Api;

/// <summary>The clients that ask for most of a backend now, from the control loop's own list.</summary>
internal static class TopClients
{
    private const int Most = 20;

    /// <param name="clients">The table.</param>
    /// <param name="backends">The backends.</param>
    /// <param name="now">Monotonic time.</param>
    public static IReadOnlyList<ClientStatus> Of(ClientTable clients, BackendDirectory backends, TimeSpan now)
    {
        var heaviest = backends.All.SelectMany(backend => backend.TopClients).OrderByDescending(client => client.Demand).Take(Most);
        var found = new List<ClientStatus>(Most);
        foreach (var client in heaviest)
        {
            using var entry = clients.Enter(client.Handle);
            if (entry.Exists)
            {
                found.Add(new ClientStatus
                {
                    ClientId = Encoding.UTF8.GetString(client.IdUtf8),
                    RequestsPerSecond = entry.State.Activity.RequestRate(now),
                    Tokens = entry.State.Bucket.Tokens,
                    RefillRate = entry.State.Bucket.Limit.RefillRate,
                });
            }
        }

        return found;
    }
}
