using System.Text;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>The suite's secrets; section <c>Suite</c>.</summary>
public sealed record SuiteKeyOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Suite";

    /// <summary>Fewest bytes of a key, the length of HMAC-SHA-256's output.</summary>
    public const int MinKeyBytes = 32;

    /// <summary>Signs the tokens by which services and people are known to each other; the same in every service.</summary>
    public string? Key { get; init; }

    /// <summary>What a gateway sends in <c>x-suite-key</c> to ask for decisions; needed where the data plane is not on loopback.</summary>
    public string? DataPlaneKey { get; init; }

    internal static bool IsLongEnough(string? key) => key is not null && Encoding.UTF8.GetByteCount(key) >= MinKeyBytes;
}
