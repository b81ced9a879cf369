namespace Grpc.Core.Interceptors;

/// <summary>Lets a function choose the headers of each call.</summary>
internal sealed class MetadataInterceptor(Func<Metadata, Metadata> choose) : ContextInterceptor
{
    protected override ClientInterceptorContext<TRequest, TResponse> Change<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context)
    {
        var headers = choose(context.Options.Headers ?? []);
        return new(context.Method, context.Host, context.Options.WithHeaders(headers));
    }
}
