using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Disposes what was made for one call.</summary>
internal static class Disposal
{
    public static T WithRequest<T>(HttpContext http, T instance)
    {
        if (instance is IAsyncDisposable asyncDisposable)
        {
            http.Response.RegisterForDisposeAsync(asyncDisposable);
        }
        else if (instance is IDisposable disposable)
        {
            http.Response.RegisterForDispose(disposable);
        }

        return instance;
    }
}
