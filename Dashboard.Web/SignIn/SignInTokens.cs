using System.Security.Cryptography;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>Tokens of sign-in links. Each lets one browser in, once.</summary>
/// <remarks>Kept in memory as hashes only, and few: a restart forgets links that nobody followed.</remarks>
public sealed class SignInTokens(TimeProvider time)
{
    private const int MostOpen = 32;
    private const int TokenBytes = 24;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Role, DateTimeOffset Until)> _open = [];

    /// <summary>Opens a link with a token of its own making.</summary>
    /// <returns>The token, or null where too many links are open.</returns>
    public string? Issue(string role)
    {
        var token = RandomNumberGenerator.GetHexString(TokenBytes * 2, lowercase: true);
        return Open(token, role) ? token : null;
    }

    /// <summary>Opens a link with a token that someone else made.</summary>
    public bool Open(string token, string role = SuiteRoles.Operator)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            foreach (var old in _open.Where(o => o.Value.Until <= now).Select(o => o.Key).ToList())
            {
                _open.Remove(old);
            }

            return _open.Count < MostOpen && _open.TryAdd(Hash(token), (role, now + Lifetime));
        }
    }

    /// <summary>Uses a token up.</summary>
    /// <returns>The role that it gives, or null where it is wrong, used or too old.</returns>
    public string? Redeem(string token)
    {
        lock (_lock)
        {
            // By its hash, so that the time a look-up takes says nothing about the token.
            return _open.Remove(Hash(token), out var link) && link.Until > time.GetUtcNow() ? link.Role : null;
        }
    }

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)));
}
