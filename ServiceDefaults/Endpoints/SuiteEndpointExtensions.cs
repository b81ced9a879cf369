using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RateLimitSuite.ServiceDefaults;

namespace Microsoft.Extensions.Hosting;

/// <summary>Binds a service's two ports.</summary>
public static class SuiteEndpointExtensions
{
    private const int DefaultHttpPort = 8080;
    private const int DefaultGrpcPort = 8081;

    /// <summary>Listens on <c>HTTP_PORT</c> (HTTP/1.1, default 8080) and <c>GRPC_PORT</c> (HTTP/2 only, default 8081); 0 takes any free port.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="grpc">False for a service that only speaks HTTP/1.1.</param>
    /// <returns>The builder it was given.</returns>
    /// <remarks>Two ports, as cleartext has no ALPN to choose a protocol by. Bound in code, which beats <c>ASPNETCORE_URLS</c>:
    /// deployment templates set that one and would leave the second port closed. <see cref="SuiteTlsOptions"/> adds a third.</remarks>
    public static TBuilder AddSuiteEndpoints<TBuilder>(this TBuilder builder, bool grpc = true)
        where TBuilder : IHostApplicationBuilder
    {
        var http = Port(builder.Configuration, "HTTP_PORT", DefaultHttpPort);
        var http2 = Port(builder.Configuration, "GRPC_PORT", DefaultGrpcPort);
        builder.Services.AddSuiteOptions<SuiteEndpointOptions>(SuiteEndpointOptions.Section);
        builder.Services.AddSuiteOptions<SuiteTlsOptions>(SuiteTlsOptions.Section);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<SuiteEndpointOptions>, IOptions<SuiteTlsOptions>>((kestrel, options, tls) =>
        {
            Limit(kestrel.Limits, options.Value);
            var address = BindAddress.Parse(options.Value.BindAddress);
            kestrel.Listen(address, http, listen => listen.Protocols = HttpProtocols.Http1);
            if (grpc)
            {
                kestrel.Listen(address, http2, listen => listen.Protocols = HttpProtocols.Http2);
            }

            if (tls.Value.IsSet)
            {
                kestrel.Listen(address, tls.Value.Port, listen => listen.UseHttps(https => MutualTls.Configure(https, tls.Value)));
            }
        });
        return builder;
    }

    private static void Limit(KestrelServerLimits limits, SuiteEndpointOptions options)
    {
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = options.MaxConnections;
        limits.MaxRequestBodySize = options.MaxRequestBodyBytes;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.Http2.MaxStreamsPerConnection = options.MaxStreamsPerConnection;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }

    private static int Port(IConfiguration configuration, string name, int otherwise) => configuration[name] switch
    {
        null or "" => otherwise,
        var text when ushort.TryParse(text, out var port) => port,
        var text => throw new InvalidOperationException($"{name} is '{text}'; it must be a port number from 0 to 65535."),
    };
}
