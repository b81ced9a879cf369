using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>Sign-in by an OpenID Connect provider, where one is configured.</summary>
internal static class OidcExtensions
{
    private const string Callback = "/signin-oidc";

    public static void AddOidc(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        var settings = configuration.GetSection(OidcSettings.Section).Get<OidcSettings>() ?? new OidcSettings();
        if (settings.Fault() is { } fault)
        {
            throw new InvalidOperationException(fault);
        }

        authentication.Services.AddSingleton(settings);
        if (settings.Authority is not { } authority)
        {
            return;
        }

        var issuer = authority.ToString().TrimEnd('/');
        authentication.Services.AddSingleton<IConfigurationManager<OpenIdConnectConfiguration>>(_ => new ConfigurationManager<OpenIdConnectConfiguration>(
            $"{issuer}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), new HttpDocumentRetriever { RequireHttps = !settings.AllowHttp }));
        authentication.AddOAuth<OidcOptions, OidcHandler>(OidcHandler.SchemeName, oidc =>
        {
            oidc.Settings = settings;
            oidc.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            oidc.ClientId = settings.ClientId;
            oidc.ClientSecret = settings.ClientSecret.Length > 0 ? settings.ClientSecret : "none";   // The framework wants one; a public client's is ignored.
            oidc.CallbackPath = Callback;
            oidc.AuthorizationEndpoint = $"{issuer}/";   // Until discovery says better, which is before either is used.
            oidc.TokenEndpoint = $"{issuer}/";
            oidc.UsePkce = true;
            oidc.Scope.Add("openid");
            oidc.Scope.Add("profile");
            oidc.CorrelationCookie.SameSite = SameSiteMode.Lax;   // The provider sends people back by a link.
            oidc.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;   // As the session's own cookie: loopback has no TLS.
            oidc.Events.OnRemoteFailure = context =>
            {
                context.HandleResponse();
                return SignInPage.WriteAsync(context.Response, $"Sign-in failed. {context.Failure?.Message}", settings);
            };
        });
    }
}
