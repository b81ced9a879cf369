using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.ServiceDefaults.Tests.Auth;

public sealed class SuiteTokensTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(SuiteRoles.Viewer)]
    [InlineData(SuiteRoles.Operator)]
    [InlineData(SuiteRoles.Service)]
    public void Validate_FreshToken_SaysWhoAndWhat(string role)
    {
        var tokens = Tokens();

        var identity = tokens.Validate(tokens.Issue("ada", role), out var reason);

        Assert.Null(reason);
        Assert.Equal("ada", identity!.Name);
        Assert.True(new ClaimsPrincipal(identity).IsInRole(role));
    }

    [Theory]
    [InlineData(329, true)]   // 5 min + 30 s of clock skew, less a second
    [InlineData(331, false)]
    public void Validate_AfterSoManySeconds_HoldsForLifetimeAndSkew(int seconds, bool holds)
    {
        var tokens = Tokens();
        var token = tokens.Issue("ada", SuiteRoles.Viewer);

        _clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(holds, tokens.Validate(token, out _) is not null);
    }

    [Fact]
    public void Validate_AnotherKey_IsRefused() =>
        Assert.Null(Tokens().Validate(Tokens("another key of thirty-two bytes.").Issue("eve", SuiteRoles.Operator), out _));

    [Fact]
    public void Validate_ChangedRole_IsRefused()
    {
        var parts = Tokens().Issue("eve", SuiteRoles.Viewer).Split('.');
        var claims = Base64UrlEncoder.Decode(parts[1]).Replace("viewer", "operator", StringComparison.Ordinal);

        Assert.Null(Tokens().Validate($"{parts[0]}.{Base64UrlEncoder.Encode(claims)}.{parts[2]}", out _));
    }

    [Fact]
    public void Validate_NoSignature_IsRefused()
    {
        var parts = Tokens().Issue("eve", SuiteRoles.Operator).Split('.');

        Assert.Null(Tokens().Validate($"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.", out _));
    }

    [Fact]
    public void Validate_SignedForAYear_IsRefused() =>
        Assert.Null(Tokens().Validate(Sign(SuiteRoles.Operator, TimeSpan.FromDays(365)), out _));

    [Theory]
    [InlineData("gateway")]
    [InlineData("root")]
    [InlineData("")]
    public void Validate_RoleThatNoTokenMayHave_IsRefused(string role)
    {
        Assert.Null(Tokens().Validate(Sign(role, SuiteTokens.Lifetime), out var reason));
        Assert.NotNull(reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("not a token")]
    public void Validate_Garbage_IsRefused(string token) => Assert.Null(Tokens().Validate(token, out _));

    [Fact]
    public void Issue_RoleThatNoTokenMayHave_Throws() =>
        Assert.Throws<ArgumentException>(() => Tokens().Issue("gate", SuiteRoles.Gateway));

    private SuiteTokens Tokens(string key = Key) => new(Options.Create(new SuiteKeyOptions { Key = key }), _clock);

    private string Sign(string role, TimeSpan lifetime) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "ratelimitsuite",
        Audience = "ratelimitsuite",
        NotBefore = _clock.GetUtcNow().UtcDateTime,
        Expires = _clock.GetUtcNow().UtcDateTime + lifetime,
        SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Key)), SecurityAlgorithms.HmacSha256),
        Claims = new Dictionary<string, object> { ["sub"] = "eve", [SuiteTokens.RoleClaim] = role },
    });
}
