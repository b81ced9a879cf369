using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Issues and checks the short-lived tokens of the suite: HS256 over <see cref="SuiteKeyOptions.Key"/>.</summary>
/// <remarks>There is no revocation list; instead a token lives for <see cref="Lifetime"/> only. Safe to call from many threads.</remarks>
public sealed class SuiteTokens
{
    /// <summary>How long a token is good for.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Claim that carries the role.</summary>
    public const string RoleClaim = "role";

    private const string Issuer = "ratelimitsuite";

    // Two machines' clocks differ; more than this is a fault to be repaired, not tolerated.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };
    private readonly TimeProvider _clock;
    private readonly SigningCredentials _credentials;
    private readonly TokenValidationParameters _rules;

    /// <summary>Takes the key from the options, which are checked when the host starts.</summary>
    public SuiteTokens(IOptions<SuiteKeyOptions> options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        _clock = clock;
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(options.Value.Key ?? ""));
        _credentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256);
        _rules = new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Issuer,
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],   // Never what the token's own header asks for.
            NameClaimType = JwtRegisteredClaimNames.Sub,
            RoleClaimType = RoleClaim,
            LifetimeValidator = IsInForce,
        };
    }

    /// <summary>Issues a token.</summary>
    /// <param name="subject">Who it speaks for: a person's or a service's name; audit logs show it.</param>
    /// <param name="role">One of <see cref="SuiteRoles"/>, not <see cref="SuiteRoles.Gateway"/>, which no token can claim.</param>
    /// <returns>The token in compact form, good for <see cref="Lifetime"/>.</returns>
    public string Issue(string subject, string role)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(subject);
        if (!SuiteRoles.IsIssued(role))
        {
            throw new ArgumentException($"No token is issued for the role '{role}'.", nameof(role));
        }

        var now = _clock.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            SigningCredentials = _credentials,
            Claims = new Dictionary<string, object> { [JwtRegisteredClaimNames.Sub] = subject, [RoleClaim] = role },
        });
    }

    /// <summary>Checks signature, issuer, audience, times and role.</summary>
    /// <returns>Who the token speaks for, or null with the reason in <paramref name="reason"/>.</returns>
    public ClaimsIdentity? Validate(string token, out string? reason)
    {
        // Nothing is fetched with a symmetric key, so the task is complete at once.
        var result = _handler.ValidateTokenAsync(token, _rules).GetAwaiter().GetResult();
        var roles = result.IsValid ? result.ClaimsIdentity.FindAll(RoleClaim).ToArray() : [];
        reason = result switch
        {
            { IsValid: false } => result.Exception.GetType().Name,
            _ when roles.Length != 1 || !SuiteRoles.IsIssued(roles[0].Value) => "The token has no role of the suite.",
            _ => null,
        };
        return reason is null ? result.ClaimsIdentity : null;
    }

    private bool IsInForce(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters rules)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        // A key holder could sign a token for years; this one check keeps "short-lived" true for every token.
        return notBefore <= now + ClockSkew && now < expires + ClockSkew && expires - notBefore <= Lifetime;
    }
}
