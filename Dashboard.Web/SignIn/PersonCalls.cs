using System.Security.Claims;
using Grpc.Core;
using Microsoft.AspNetCore.Components.Authorization;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>Calls that a person makes carry that person's name and role, so that audit logs show who it was and services check what they may.</summary>
public sealed class PersonCalls(AuthenticationStateProvider authentication, SuiteTokens tokens)
{
    /// <summary>The headers of one call for the person signed in.</summary>
    /// <exception cref="InvalidOperationException">Nobody is.</exception>
    public async Task<Metadata> HeadersAsync()
    {
        var person = (await authentication.GetAuthenticationStateAsync()).User;
        var name = person.Identity?.Name ?? throw new InvalidOperationException("Nobody is signed in.");
        var role = person.FindFirstValue(SuiteTokens.RoleClaim) ?? SuiteRoles.Viewer;
        return new Metadata { { "authorization", $"Bearer {tokens.Issue(name, role)}" } };
    }
}
