using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Audit.Agents;

/// <summary>Who an agent is to the suite: a token that somebody gave it, or the suite's key, by which tokens are made as they are needed.</summary>
/// <param name="Current">A token that is good now.</param>
/// <param name="IsOperator">Whether it may change things; the suite checks that again.</param>
internal sealed record AgentToken(Func<string> Current, bool IsOperator)
{
    private const string TokenVariable = "RATELIMITSUITE_TOKEN";
    private const string KeyVariable = "Suite__Key";

    /// <summary>Takes a given token, else one of the environment, else the key of the environment.</summary>
    /// <exception cref="UsageException">There is none of them, or it cannot be used.</exception>
    public static AgentToken From(string? given, string name, string role)
    {
        if ((given ?? Environment.GetEnvironmentVariable(TokenVariable)) is { Length: > 0 } token)
        {
            return new(() => token, RoleOf(token) is SuiteRoles.Operator);
        }

        var tokens = FromKey();
        return new(() => tokens.Issue(name, role), role == SuiteRoles.Operator);
    }

    /// <summary>Makes tokens by the key of the environment.</summary>
    /// <exception cref="UsageException">There is none, or it is too short.</exception>
    public static SuiteTokens FromKey() => Environment.GetEnvironmentVariable(KeyVariable) is { } key && Encoding.UTF8.GetByteCount(key) >= SuiteKeyOptions.MinKeyBytes
        ? new SuiteTokens(Options.Create(new SuiteKeyOptions { Key = key }), TimeProvider.System)
        : throw new UsageException($"nothing says who this is: give --token or {TokenVariable}, or the suite's key as {KeyVariable} ({SuiteKeyOptions.MinKeyBytes} bytes or more).");

    private static string RoleOf(string token)
    {
        try
        {
            return new JsonWebToken(token).TryGetPayloadValue<string>(SuiteTokens.RoleClaim, out var role) ? role : "";
        }
        catch (ArgumentException)
        {
            throw new UsageException("the token is none of the suite's.");
        }
    }
}
