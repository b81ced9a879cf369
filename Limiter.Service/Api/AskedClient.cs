using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Whom a request is about, in the forms that the parts of a decision ask for. Refers to its caller's memory.</summary>
internal readonly ref struct AskedClient(string id, ReadOnlySpan<byte> idUtf8, ClientHandle handle)
{
    /// <summary>As it came.</summary>
    public string Id { get; } = id;

    /// <summary>The same as UTF-8, 1..256 bytes.</summary>
    public ReadOnlySpan<byte> IdUtf8 { get; } = idUtf8;

    /// <summary>What stands for it under the policy that applies, and where it seems to live; its state is on its way from memory.</summary>
    public ClientHandle Handle { get; } = handle;
}
