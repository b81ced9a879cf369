using Microsoft.AspNetCore.Authentication.OAuth;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>What one OpenID Connect provider is told and asked, as the handler needs it.</summary>
internal sealed class OidcOptions : OAuthOptions
{
    /// <summary>What this deployment was told of the provider.</summary>
    public OidcSettings Settings { get; set; } = new();
}
