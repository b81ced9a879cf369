using System.Net;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Whether anyone who reaches the data plane may use it: only on loopback, and only while neither a shared key nor mutual TLS is set.</summary>
internal sealed class DataPlaneAccess(IOptions<SuiteEndpointOptions> endpoints, IOptions<SuiteTlsOptions> tls, IOptions<SuiteKeyOptions> keys)
{
    public bool IsOpen => IPAddress.IsLoopback(BindAddress.Parse(endpoints.Value.BindAddress))
        && string.IsNullOrEmpty(keys.Value.DataPlaneKey)
        && !tls.Value.IsSet;
}
