using Grpc.Core.Interceptors;

namespace Grpc.Net.ClientFactory;

/// <summary>Applies a registration's changes to the options of each call.</summary>
internal sealed class CallOptionsInterceptor(IList<Action<CallOptionsContext>> actions, IServiceProvider services) : ContextInterceptor
{
    protected override ClientInterceptorContext<TRequest, TResponse> Change<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context)
    {
        var options = new CallOptionsContext(context.Options, services);
        foreach (var action in actions)
        {
            action(options);
        }

        return new(context.Method, context.Host, options.CallOptions);
    }
}
