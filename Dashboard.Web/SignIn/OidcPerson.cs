using System.Security.Claims;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>Who signed in at the provider, and what they may do here.</summary>
/// <param name="Name">As audit logs will have it.</param>
/// <param name="Role">A role of the suite.</param>
internal sealed record OidcPerson(string Name, string Role)
{
    /// <summary>The person; null: the provider's claims give no role here.</summary>
    public static OidcPerson? Of(ClaimsIdentity claims, OidcSettings settings)
    {
        var name = (claims.FindFirst("preferred_username") ?? claims.FindFirst("email") ?? claims.FindFirst("sub"))?.Value;
        var values = claims.FindAll(settings.RoleClaim).Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        var role = values.Contains(settings.OperatorValue) ? SuiteRoles.Operator
            : settings.ViewerValue.Length == 0 || values.Contains(settings.ViewerValue) ? SuiteRoles.Viewer
            : null;
        return name is { Length: > 0 } && role is not null ? new OidcPerson(name, role) : null;
    }
}
