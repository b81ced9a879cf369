using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Knows a caller by the bearer token of <see cref="SuiteTokens"/>, or a gateway by the data plane's shared key or its certificate.</summary>
internal sealed class SuiteAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    SuiteTokens tokens,
    IOptions<SuiteKeyOptions> keys) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Suite";
    public const string KeyHeader = "x-suite-key";

    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        var authorization = Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            var identity = tokens.Validate(authorization[Bearer.Length..].Trim(), out var reason);
            return identity is null ? AuthenticateResult.Fail(reason!) : Success(identity);
        }

        if (Request.Headers.TryGetValue(KeyHeader, out var key))
        {
            return IsDataPlaneKey(key.ToString()) ? Success(Gateway("gateway")) : AuthenticateResult.Fail($"{KeyHeader} is wrong.");
        }

        // Only the port with mutual TLS asks for one, and it lets nobody in whose certificate is not signed by our authority.
        return Context.Connection.ClientCertificate is { } certificate ? Success(Gateway(certificate.Subject)) : AuthenticateResult.NoResult();
    }

    private bool IsDataPlaneKey(string given) => keys.Value.DataPlaneKey is { } key
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key));

    private static ClaimsIdentity Gateway(string name) => new(
        [new Claim("sub", name), new Claim(SuiteTokens.RoleClaim, SuiteRoles.Gateway)], SchemeName, "sub", SuiteTokens.RoleClaim);

    private static AuthenticateResult Success(ClaimsIdentity identity) =>
        AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
}
