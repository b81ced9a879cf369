using System.Net;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Reads <see cref="SuiteEndpointOptions.BindAddress"/>.</summary>
internal static class BindAddress
{
    public static IPAddress Parse(string text) => text.ToLowerInvariant() switch
    {
        "localhost" => IPAddress.Loopback,
        "*" or "+" => IPAddress.Any,
        _ when IPAddress.TryParse(text, out var address) => address,
        _ => throw new InvalidOperationException(
            $"{SuiteEndpointOptions.Section}:{nameof(SuiteEndpointOptions.BindAddress)} is '{text}'; it must be 'localhost', '*' or an IP address."),
    };
}
