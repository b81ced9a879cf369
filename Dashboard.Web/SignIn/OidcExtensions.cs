using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>Sign-in by an OpenID Connect provider, where one is configured: the framework's handler, by code with PKCE.</summary>
/// <remarks>Only who the person is and what role they have is taken over; the provider's tokens are not kept.</remarks>
internal static class OidcExtensions
{
    /// <summary>The authentication scheme.</summary>
    public const string Scheme = OpenIdConnectDefaults.AuthenticationScheme;

    private const string Callback = "/signin-oidc";

    public static void AddOidc(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        var settings = configuration.GetSection(OidcSettings.Section).Get<OidcSettings>() ?? new OidcSettings();
        if (settings.Fault() is { } fault)
        {
            throw new InvalidOperationException(fault);
        }

        authentication.Services.AddSingleton(settings);
        if (settings.Authority is { } authority)
        {
            authentication.AddOpenIdConnect(Scheme, oidc => Configure(oidc, authority, settings));
        }
    }

    private static void Configure(OpenIdConnectOptions oidc, Uri authority, OidcSettings settings)
    {
        oidc.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        oidc.Authority = authority.ToString().TrimEnd('/');
        oidc.RequireHttpsMetadata = !settings.AllowHttp;
        oidc.ClientId = settings.ClientId;
        oidc.ClientSecret = settings.ClientSecret.Length > 0 ? settings.ClientSecret : null;
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        oidc.CallbackPath = Callback;
        oidc.MapInboundClaims = false;
        oidc.DisableTelemetry = true;
        oidc.TokenValidationParameters.ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
        foreach (var cookie in (CookieBuilder[])[oidc.CorrelationCookie, oidc.NonceCookie])
        {
            cookie.SameSite = SameSiteMode.Lax;   // The provider sends people back by a link.
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;   // As the session's own cookie: loopback has no TLS.
        }

        oidc.Events.OnTokenValidated = context =>
        {
            if (OidcPerson.Of((ClaimsIdentity)context.Principal!.Identity!, settings) is { } person)
            {
                context.Principal = new ClaimsPrincipal(new ClaimsIdentity(
                    [new Claim("sub", person.Name), new Claim(SuiteTokens.RoleClaim, person.Role)], Scheme, "sub", SuiteTokens.RoleClaim));
            }
            else
            {
                context.Fail($"The provider knows this person, but claim '{settings.RoleClaim}' gives no role here.");
            }

            return Task.CompletedTask;
        };
        oidc.Events.OnRemoteFailure = context =>
        {
            context.HandleResponse();
            return SignInPage.WriteAsync(context.Response, $"Sign-in failed. {Explain(context.Failure)}", settings);
        };
    }

    // The library's own messages are numbers and hidden values: what a person can act on is which check failed.
    private static string Explain(Exception? failure) => failure switch
    {
        AuthenticationFailureException { InnerException: { } inner } => Explain(inner),
        OpenIdConnectProtocolInvalidNonceException => "The id token answers another sign-in: its nonce is not the one sent.",
        SecurityTokenException or OpenIdConnectProtocolException => $"The id token is not good: {failure.GetType().Name}.",
        _ => failure?.Message ?? "The provider gave no reason.",
    };
}
