using System.IO.Enumeration;

namespace RateLimitSuite.Limiter.Policies;

/// <summary>A list of client patterns, in which <c>*</c> stands for zero or more characters.</summary>
internal sealed class ClientPatterns(IReadOnlyList<string> patterns)
{
    /// <summary>Matches every client.</summary>
    public static ClientPatterns Everybody { get; } = new(["*"]);

    /// <summary>Whether every client matches, so that none needs to be looked at.</summary>
    public bool IsEverybody { get; } = patterns.Contains("*");

    /// <summary>Whether a client matches one of the patterns.</summary>
    public bool Match(ReadOnlySpan<char> client)
    {
        if (IsEverybody)
        {
            return true;
        }

        foreach (var pattern in patterns)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, client, ignoreCase: false))
            {
                return true;
            }
        }

        return false;
    }
}
