using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>This service's own token, issued again before it runs out.</summary>
internal sealed class ServiceToken(SuiteTokens tokens, TimeProvider clock, IHostEnvironment environment)
{
    // Well before the end, so that a token never runs out between here and the other side.
    private static readonly TimeSpan RenewAfter = SuiteTokens.Lifetime / 2;

    private volatile Issued? _issued;

    public string Current
    {
        get
        {
            var now = clock.GetTimestamp();
            if (_issued is not { } issued || clock.GetElapsedTime(issued.At, now) >= RenewAfter)
            {
                // Two threads may both renew: each gets a good token, and one of them is kept.
                _issued = issued = new Issued(tokens.Issue(environment.ApplicationName, SuiteRoles.Service), now);
            }

            return issued.Token;
        }
    }

    private sealed record Issued(string Token, long At);
}
