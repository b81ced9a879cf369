using Grpc.Core;
using Grpc.Net.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server;

/// <summary>Answers calls of what is not there.</summary>
internal static class Unimplemented
{
    public static void Map(IEndpointRouteBuilder routes, string pattern, string displayName, string detail) =>
        routes.Map(pattern, context => AnswerAsync(context, detail))
            .WithMetadata(new HttpMethodMetadata(["POST"], acceptCorsPreflight: true))
            .WithDisplayName(displayName);

    private static Task AnswerAsync(HttpContext context, string detail)
    {
        if (!RequestCheck.IsGrpc(context))
        {
            return Task.CompletedTask;
        }

        context.Response.ContentType = HeaderNames.ContentType;
        StatusWriter.WriteHeaders(context.Response, new Status(StatusCode.Unimplemented, detail), null);
        return Task.CompletedTask;
    }
}
