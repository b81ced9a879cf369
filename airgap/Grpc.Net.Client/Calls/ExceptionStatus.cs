using System.Net.Sockets;
using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>The status of a call that ended by an exception instead of trailers.</summary>
internal static class ExceptionStatus
{
    public static Status From(Exception exception, bool isLate)
    {
        if (exception is RpcException rpc)
        {
            return rpc.Status;
        }

        var code = exception is OperationCanceledException ? StatusCode.Cancelled : CodeOf(exception);
        if (code == StatusCode.Cancelled && isLate)
        {
            // The server's own deadline may reset the stream just before ours fires.
            return new Status(StatusCode.DeadlineExceeded, "", exception);
        }

        return new Status(code, $"Error starting or reading the gRPC call. {Messages(exception)}", exception);
    }

    private static StatusCode CodeOf(Exception exception)
    {
        var isConnection = false;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpProtocolException protocol)
            {
                return CodeOfReset(protocol.ErrorCode);
            }

            isConnection |= cause is SocketException or IOException or HttpRequestException { HttpRequestError: not HttpRequestError.Unknown };
        }

        return isConnection ? StatusCode.Unavailable : StatusCode.Internal;
    }

    // HTTP/2 error codes of RST_STREAM and GOAWAY.
    private static StatusCode CodeOfReset(long errorCode) => errorCode switch
    {
        7 => StatusCode.Unavailable,         // REFUSED_STREAM: the server did not begin with it
        8 => StatusCode.Cancelled,           // CANCEL
        11 => StatusCode.ResourceExhausted,  // ENHANCE_YOUR_CALM
        12 => StatusCode.PermissionDenied,   // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    private static string Messages(Exception exception)
    {
        var messages = new List<string>();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            messages.Add($"{cause.GetType().Name}: {cause.Message}");
        }

        return string.Join(' ', messages.Distinct());
    }
}
