using Grpc.Core;
using Grpc.Net.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Refuses requests that are not gRPC over HTTP/2.</summary>
internal static class RequestCheck
{
    /// <summary>Whether the request can be served. If not, the answer is already there.</summary>
    public static bool IsGrpc(HttpContext http)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            return Refuse(http, StatusCodes.Status426UpgradeRequired, $"Request protocol '{http.Request.Protocol}' is not supported.");
        }

        return HeaderNames.IsGrpc(http.Request.ContentType)
            || Refuse(http, StatusCodes.Status415UnsupportedMediaType, $"Content-Type '{http.Request.ContentType}' is not supported.");
    }

    private static bool Refuse(HttpContext http, int httpStatus, string detail)
    {
        http.Response.StatusCode = httpStatus;
        if (httpStatus == StatusCodes.Status426UpgradeRequired)
        {
            http.Response.Headers.Upgrade = "HTTP/2";
        }

        StatusWriter.WriteHeaders(http.Response, new Status(StatusCode.Internal, detail), null);
        return false;
    }
}
