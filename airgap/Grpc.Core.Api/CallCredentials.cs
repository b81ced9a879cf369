namespace Grpc.Core;

/// <summary>Metadata that is computed anew for each call.</summary>
public abstract class CallCredentials
{
    /// <summary>Several credentials, each adding its metadata in order.</summary>
    public static CallCredentials Compose(params CallCredentials[] credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        if (credentials.Length < 2)
        {
            throw new ArgumentException("Composing needs at least two credentials.", nameof(credentials));
        }

        return new Composite([.. credentials]);
    }

    /// <summary>Credentials that ask a function for each call.</summary>
    public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor)
    {
        ArgumentNullException.ThrowIfNull(interceptor);
        return new Interceptor(interceptor);
    }

    internal abstract Task AddMetadataAsync(AuthInterceptorContext context, Metadata metadata);

    private sealed class Composite(CallCredentials[] credentials) : CallCredentials
    {
        internal override async Task AddMetadataAsync(AuthInterceptorContext context, Metadata metadata)
        {
            foreach (var credential in credentials)
            {
                await credential.AddMetadataAsync(context, metadata);
            }
        }
    }

    private sealed class Interceptor(AsyncAuthInterceptor interceptor) : CallCredentials
    {
        internal override Task AddMetadataAsync(AuthInterceptorContext context, Metadata metadata) => interceptor(context, metadata);
    }
}
