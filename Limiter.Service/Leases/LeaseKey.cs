using System.Text;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Leases;

/// <summary>A shared bucket by the names that every replica has for it.</summary>
/// <param name="Policy">With its domain, and its number here.</param>
/// <param name="ClientUtf8">The client's id.</param>
internal sealed record LeaseKey(Policy Policy, byte[] ClientUtf8)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Policy.Domain}/{Policy.Name}/{Encoding.UTF8.GetString(ClientUtf8)}";
}
