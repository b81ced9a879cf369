using System.Net;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Whether anyone who reaches the data plane may use it: only on loopback, and only while no shared key is set.</summary>
internal sealed class DataPlaneAccess(IOptions<SuiteEndpointOptions> endpoints, IOptions<SuiteKeyOptions> keys)
{
    public bool IsOpen => IsLoopback && string.IsNullOrEmpty(keys.Value.DataPlaneKey);

    public bool IsLoopback => IPAddress.IsLoopback(BindAddress.Parse(endpoints.Value.BindAddress));
}
