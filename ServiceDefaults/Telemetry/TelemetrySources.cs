namespace RateLimitSuite.ServiceDefaults;

/// <summary>The meters and activity sources that every service collects.</summary>
/// <remarks>Named one by one: a bare <c>*</c> would bring in meters of the QUIC library that nobody reads, and those of routing and of the memory pool, which
/// count several times in each request what no dashboard shows.</remarks>
internal static class TelemetrySources
{
    public static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Diagnostics",
        "Microsoft.AspNetCore.RateLimiting",
        "Microsoft.AspNetCore.Components*",
        "System.Net.Http",
        "System.Net.NameResolution",
        "System.Runtime",
        "Npgsql",
        "Polly",
        "RateLimitSuite.*",
    ];

    public static readonly string[] Activities =
    [
        "Microsoft.AspNetCore",
        "System.Net.Http",
        "Npgsql",
        "Grpc.Net.Client",
        "RateLimitSuite.*",
    ];
}
