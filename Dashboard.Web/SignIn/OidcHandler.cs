using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>OpenID Connect's code flow with PKCE over the framework's OAuth handler: discovery, a nonce, and a checked id token are what it adds.</summary>
/// <remarks>Only who the person is and what role they have is taken over; the provider's tokens are not kept.</remarks>
internal sealed class OidcHandler(
    IOptionsMonitor<OidcOptions> options, IConfigurationManager<OpenIdConnectConfiguration> provider, ILoggerFactory logger, UrlEncoder encoder)
    : OAuthHandler<OidcOptions>(options, logger, encoder)
{
    public const string SchemeName = "oidc";

    private const string Nonce = "nonce";
    private const int NonceBytes = 24;

    private static readonly JsonWebTokenHandler Tokens = new() { MapInboundClaims = false };

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        try
        {
            await DiscoverAsync();
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException or HttpRequestException)
        {
            await SignInPage.WriteAsync(Response, $"{Options.Settings.Authority?.Host} does not answer. Try again in a moment.", Options.Settings);
            return;
        }

        properties.Items[Nonce] = RandomNumberGenerator.GetHexString(NonceBytes * 2, lowercase: true);
        await base.HandleChallengeAsync(properties);
    }

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri) =>
        QueryHelpers.AddQueryString(base.BuildChallengeUrl(properties, redirectUri), Nonce, properties.Items[Nonce]!);

    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        await DiscoverAsync();
        return await base.ExchangeCodeAsync(context);
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var idToken = tokens.Response?.RootElement.TryGetProperty("id_token", out var found) == true ? found.GetString() : null;
        var claims = await CheckAsync(idToken ?? throw new AuthenticationFailureException("The provider sent no id token."));
        if (!properties.Items.TryGetValue(Nonce, out var expected) || claims.FindFirst(Nonce)?.Value != expected)
        {
            throw new AuthenticationFailureException("The id token answers another sign-in: its nonce is not the one sent.");
        }

        var person = OidcPerson.Of(claims, Options.Settings) ?? throw new AuthenticationFailureException(
            $"The provider knows this person, but claim '{Options.Settings.RoleClaim}' gives no role here.");
        var mine = new ClaimsIdentity(
            [new Claim("sub", person.Name), new Claim(SuiteTokens.RoleClaim, person.Role)], SchemeName, "sub", SuiteTokens.RoleClaim);
        return new AuthenticationTicket(new ClaimsPrincipal(mine), new AuthenticationProperties { RedirectUri = properties.RedirectUri }, SchemeName);
    }

    private async Task<OpenIdConnectConfiguration> DiscoverAsync()
    {
        var found = await provider.GetConfigurationAsync(Context.RequestAborted);
        (Options.AuthorizationEndpoint, Options.TokenEndpoint) = (found.AuthorizationEndpoint, found.TokenEndpoint);
        return found;
    }

    private async Task<ClaimsIdentity> CheckAsync(string idToken)
    {
        var found = await DiscoverAsync();
        var result = await Tokens.ValidateTokenAsync(idToken, new TokenValidationParameters
        {
            ValidIssuer = found.Issuer,
            ValidAudience = Options.ClientId,
            IssuerSigningKeys = found.SigningKeys,
            ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
        });
        if (result.IsValid)
        {
            return result.ClaimsIdentity;
        }

        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            provider.RequestRefresh();   // The provider may have changed its keys; the next attempt sees them.
        }

        throw new AuthenticationFailureException($"The id token is not good: {result.Exception.GetType().Name}.");
    }
}
