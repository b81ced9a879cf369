using Grpc.Core;
using Grpc.Net.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>Makes a channel's calls over HTTP/2.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    private static readonly Func<object, Task<Metadata>> Headers = static call => ((ClientCall)call).ResponseHeadersAsync;
    private static readonly Func<object, Status> GetStatus = static call => ((ClientCall)call).GetStatus();
    private static readonly Func<object, Metadata> Trailers = static call => ((ClientCall)call).GetTrailers();
    private static readonly Action<object> End = static call => ((ClientCall)call).Dispose();

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall(channel, method, host, options);
        var response = SingleResponse.ReadAsync(call, SendSingleAsync(call, method.RequestMarshaller, request), method.ResponseMarshaller);
        return new AsyncUnaryCall<TResponse>(response, Headers, GetStatus, Trailers, End, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall(channel, method, host, options);
        var response = Observe(SendSingleAsync(call, method.RequestMarshaller, request));
        var reader = new ClientStreamReader<TResponse>(call, response, method.ResponseMarshaller);
        return new AsyncServerStreamingCall<TResponse>(reader, Headers, GetStatus, Trailers, End, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall(channel, method, host, options);
        var (writer, http) = SendStream(call, method.RequestMarshaller);
        var response = Observe(SingleResponse.ReadAsync(call, http, method.ResponseMarshaller));
        return new AsyncClientStreamingCall<TRequest, TResponse>(writer, response, Headers, GetStatus, Trailers, End, call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall(channel, method, host, options);
        var (writer, http) = SendStream(call, method.RequestMarshaller);
        var reader = new ClientStreamReader<TResponse>(call, Observe(http), method.ResponseMarshaller);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(writer, reader, Headers, GetStatus, Trailers, End, call);
    }

    private static async Task<HttpResponseMessage> SendSingleAsync<T>(ClientCall call, Marshaller<T> marshaller, T request)
    {
        ReadOnlyMemory<byte> frame;
        try
        {
            var flags = call.Options.WriteOptions?.Flags ?? default;
            var compression = (flags & WriteFlags.NoCompress) != 0 ? null : RequestFactory.FindCompression(call);
            frame = new MessageBuffer().Write(request, marshaller, compression, call.Channel.Options.MaxSendMessageSize);
        }
        catch (Exception exception)
        {
            throw call.Fail(exception);
        }

        return await CallSender.SendAsync(call, () => new SingleMessageContent(frame), canRetry: true);
    }

    private static (ClientStreamWriter<T> Writer, Task<HttpResponseMessage> Response) SendStream<T>(ClientCall call, Marshaller<T> marshaller)
        where T : class
    {
        var content = new StreamingContent();
        call.Attach(content);
        var response = CallSender.SendAsync(call, () => content, canRetry: false);
        return (new ClientStreamWriter<T>(call, content, marshaller), response);
    }

    // The same failure is the call's status: a task that nobody awaits must not be reported as forgotten.
    private static Task<T> Observe<T>(Task<T> task)
    {
        _ = task.ContinueWith(
            static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return task;
    }
}
