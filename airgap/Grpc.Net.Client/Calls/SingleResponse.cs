using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>Waits for the response of a call that has one.</summary>
internal static class SingleResponse
{
    public static async Task<T> ReadAsync<T>(ClientCall call, Task<HttpResponseMessage> response, Marshaller<T> marshaller)
        where T : class
    {
        try
        {
            var http = await response;
            using var reader = new ResponseReader<T>(call, http, marshaller);
            var message = await reader.ReadAsync();
            if (message is not null && await reader.ReadAsync() is not null)
            {
                throw new RpcException(new Status(StatusCode.Internal, "Unexpected data after finished reading message."));
            }

            // An end without a message is wrong only if the status claims success.
            if (message is null && ResponseStatus.FromEnd(http).StatusCode == StatusCode.OK)
            {
                throw new RpcException(new Status(StatusCode.Internal, "The response has no message."));
            }

            return reader.End().StatusCode == StatusCode.OK ? message! : throw call.CreateException();
        }
        catch (Exception exception)
        {
            throw call.Fail(exception);
        }
    }
}
