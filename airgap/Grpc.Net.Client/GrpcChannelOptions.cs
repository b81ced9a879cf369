using Grpc.Core;
using Grpc.Net.Client.Configuration;
using Grpc.Net.Compression;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>How a channel is made.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>How the channel is secured; null to go by the address.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>The longest request in bytes; null for no limit, the default.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The longest response in bytes; null for no limit. Default 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most attempts that any retry policy gets. Default 5.</summary>
    public int? MaxRetryAttempts { get; set; } = 5;

    /// <summary>Compression methods; null for gzip and deflate.</summary>
    public IList<ICompressionProvider>? CompressionProviders { get; set; }

    /// <summary>Takes log messages.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Makes the requests; not together with <see cref="HttpHandler"/>.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>Makes the requests; not together with <see cref="HttpClient"/>.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether disposing the channel disposes what makes the requests.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>Whether cancelled and late calls throw <see cref="OperationCanceledException"/> instead of <see cref="RpcException"/>.</summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>Whether call credentials are sent in clear text too.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }

    /// <summary>Retry policies.</summary>
    public ServiceConfig? ServiceConfig { get; set; }

    /// <summary>Services for what is made with the channel.</summary>
    public IServiceProvider? ServiceProvider { get; set; }

    /// <summary>The HTTP version; null for 2.</summary>
    public Version? HttpVersion { get; set; }

    /// <summary>Whether another HTTP version will do; null for no.</summary>
    public HttpVersionPolicy? HttpVersionPolicy { get; set; }
}
