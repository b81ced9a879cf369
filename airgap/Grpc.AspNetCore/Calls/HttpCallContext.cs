using System.Globalization;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Net.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>One served call: what its handler sees, and how it ends.</summary>
/// <remarks>It ends once: by its handler or by its deadline, whichever is first. Everything that most calls do not touch is made when asked for.</remarks>
internal sealed partial class HttpCallContext(HttpContext http, IMethod method, MethodContext context)
    : ServerCallContext, IServerCallContextFeature
{
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private Dictionary<object, object>? _userState;
    private AuthContext? _authContext;
    private CallDeadline? _deadline;
    private Lock? _writeLock;
    private bool _hasMessages;
    private int _completed;

    public HttpContext Http => http;

    public MethodSettings Settings => context.Settings;

    ServerCallContext IServerCallContextFeature.ServerCallContext => this;

    /// <summary>How responses are compressed; null for not.</summary>
    public ICompressionProvider? ResponseCompression { get; private set; }

    public ILogger Logger => context.Logger;

    /// <summary>Held while a response is written, so that the deadline does not end the response under it.</summary>
    public Lock WriteLock => LazyInitializer.EnsureInitialized(ref _writeLock, static () => new Lock());

    public bool IsCompleted => Volatile.Read(ref _completed) == 1;

    protected override string MethodCore => method.FullName;

    protected override string HostCore => http.Request.Host.Value ?? "";

    protected override string PeerCore => DescribePeer(http.Connection);

    protected override DateTime DeadlineCore => _deadline?.Time ?? DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= RequestMetadata.Read(http.Request.Headers);

    protected override CancellationToken CancellationTokenCore => _deadline?.Token ?? http.RequestAborted;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _authContext ??= ClientCertificate.Describe(http.Connection.ClientCertificate);

    protected override IDictionary<object, object> UserStateCore => _userState ??= ServerCallContextExtensions.NewUserState(http);

    /// <summary>Reads what the request's headers say of the call, and prepares the response's.</summary>
    public void Start()
    {
        var response = http.Response;
        response.ContentType = HeaderNames.ContentType;
        if (context.IsPropagated)
        {
            http.Features.Set<IServerCallContextFeature>(this);
        }

        if (TimeoutHeader.TryDecode(http.Request.Headers[HeaderNames.Timeout], out var timeout))
        {
            _deadline = CallDeadline.Start(timeout, this);
        }

        if (Settings.ResponseEncoding is { } encoding && encoding != Encodings.Identity && ClientAccepts(encoding))
        {
            ResponseCompression = Settings.Encodings.Find(encoding);
            response.Headers[HeaderNames.Encoding] = encoding;
        }
    }

    /// <summary>Lets a call take as long as it wants to send its requests.</summary>
    public void ExpectRequestStream()
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    /// <summary>Writes a message to the response without sending it yet.</summary>
    public void Write<T>(T message, Marshaller<T> marshaller)
    {
        _hasMessages = true;
        var compression = (WriteOptionsCore?.Flags & WriteFlags.NoCompress) > 0 ? null : ResponseCompression;
        ResponseMessage.Write(http.Response.BodyWriter, message, marshaller, compression, Settings);
    }

    /// <summary>Takes the right to end the response; false if it has been taken.</summary>
    public bool TryComplete() => Interlocked.Exchange(ref _completed, 1) == 0;

    /// <summary>Writes the status after the messages, or as the response's only headers if there are none.</summary>
    public void WriteStatus(in Status status)
    {
        if (_hasMessages || http.Response.HasStarted)
        {
            StatusWriter.WriteTrailers(http.Response, status, _responseTrailers);
        }
        else
        {
            StatusWriter.WriteHeaders(http.Response, status, _responseTrailers);
        }
    }

    /// <summary>Ends a call whose handler returned.</summary>
    public Task EndAsync()
    {
        if (!TryComplete())
        {
            return _deadline?.Ended ?? Task.CompletedTask;
        }

        _deadline?.Dispose();
        WriteStatus(StatusCore);
        return Task.CompletedTask;
    }

    /// <summary>Ends a call whose handler threw.</summary>
    public Task EndAsync(Exception exception)
    {
        StatusCore = FailureStatus(exception);
        return EndAsync();
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (http.Response.HasStarted)
        {
            throw new InvalidOperationException("Response headers can only be sent once per call.");
        }

        foreach (var entry in responseHeaders)
        {
            if (entry.Key == HeaderNames.Encoding)
            {
                continue;   // Chosen by the server's options; the messages would not be as it says.
            }

            http.Response.Headers.Append(entry.Key, entry.IsBinary ? BinaryValue.Encode(entry.ValueBytes) : entry.Value);
        }

        await http.Response.StartAsync(CancellationToken);
        await http.Response.BodyWriter.FlushAsync(CancellationToken);
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotImplementedException("Use EnableCallContextPropagation() of the client factory.");

    private static string DescribePeer(ConnectionInfo connection) =>
        connection.RemoteIpAddress is not { } address ? "unknown"
        : address.AddressFamily == AddressFamily.InterNetwork
            ? string.Create(CultureInfo.InvariantCulture, $"ipv4:{address}:{connection.RemotePort}")
            : string.Create(CultureInfo.InvariantCulture, $"ipv6:[{address}]:{connection.RemotePort}");

    private bool ClientAccepts(string encoding)
    {
        foreach (var value in http.Request.Headers[HeaderNames.AcceptEncoding])
        {
            if (value is not null && value.Split(',', StringSplitOptions.TrimEntries).Contains(encoding, StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private Status FailureStatus(Exception exception)
    {
        if (exception is RpcException rpc)
        {
            foreach (var entry in rpc.Trailers)
            {
                ResponseTrailersCore.Add(entry);
            }

            if (rpc is FrameException && rpc.StatusCode == StatusCode.Unimplemented && !http.Response.HasStarted)
            {
                http.Response.Headers[HeaderNames.AcceptEncoding] = Settings.Encodings.AcceptHeader;
            }

            Log.RpcFailure(context.Logger, method.FullName, rpc.StatusCode, rpc.Status.Detail);
            return rpc.Status;
        }

        if (CancellationTokenCore.IsCancellationRequested)
        {
            Log.Cancelled(context.Logger, method.FullName);
            return new Status(StatusCode.Cancelled, "The client or its connection gave the call up.", exception);
        }

        Log.Failure(context.Logger, exception, method.FullName);
        var detail = "Exception was thrown by handler.";
        return new Status(
            StatusCode.Unknown,
            Settings.EnableDetailedErrors ? $"{detail} {exception.GetType().Name}: {exception.Message}" : detail,
            exception);
    }
}
