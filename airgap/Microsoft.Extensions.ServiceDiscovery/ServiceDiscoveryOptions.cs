namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>How services are found.</summary>
public sealed class ServiceDiscoveryOptions
{
    /// <summary>Whether any scheme a query names may be used. Default true.</summary>
    public bool AllowAllSchemes { get; set; } = true;

    /// <summary>The schemes that may be used when <see cref="AllowAllSchemes"/> is false.</summary>
    public IList<string> AllowedSchemes { get; set; } = [];

    /// <summary>How often endpoints are read again, beside configuration's own reload. Default 60 s.</summary>
    public TimeSpan RefreshPeriod { get; set; } = TimeSpan.FromSeconds(60);
}
