using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Error when executing service method '{Method}'.")]
    public static partial void Failure(ILogger logger, Exception exception, string method);

    [LoggerMessage(2, LogLevel.Information, "Call of '{Method}' answered with {StatusCode}: {Detail}")]
    public static partial void RpcFailure(ILogger logger, string method, StatusCode statusCode, string detail);

    [LoggerMessage(3, LogLevel.Debug, "Call of '{Method}' was given up by its client.")]
    public static partial void Cancelled(ILogger logger, string method);

    [LoggerMessage(4, LogLevel.Debug, "Call of '{Method}' ran over its deadline.")]
    public static partial void DeadlineExceeded(ILogger logger, string method);
}
