using Grpc.Core;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.Client;

/// <summary>The data-plane key as call headers.</summary>
internal sealed class DataPlaneKey(IOptions<RateLimitClientOptions> options)
{
    private const string Header = "x-suite-key";

    /// <summary>Sent with every call; empty where there is no key.</summary>
    public Metadata Headers { get; } = string.IsNullOrEmpty(options.Value.Key) ? [] : new Metadata { { Header, options.Value.Key } };
}
