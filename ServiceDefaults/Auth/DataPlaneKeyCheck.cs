using Microsoft.Extensions.Options;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Refuses to start a data plane that strangers could reach.</summary>
internal sealed class DataPlaneKeyCheck(IOptions<SuiteEndpointOptions> endpoints, IOptions<SuiteTlsOptions> tls) : IValidateOptions<SuiteKeyOptions>
{
    public ValidateOptionsResult Validate(string? name, SuiteKeyOptions options)
    {
        var address = endpoints.Value.BindAddress;
        var open = string.IsNullOrEmpty(options.DataPlaneKey) && !tls.Value.IsSet && !System.Net.IPAddress.IsLoopback(BindAddress.Parse(address));
        return open
            ? ValidateOptionsResult.Fail(
                $"Suite:BindAddress is '{address}', which others can reach, and neither Suite:DataPlaneKey nor Suite:Tls is set. Set the key "
                + $"(environment variable Suite__DataPlaneKey) to at least {SuiteKeyOptions.MinKeyBytes} bytes and give it to the gateways, or bind localhost.")
            : ValidateOptionsResult.Success;
    }
}
