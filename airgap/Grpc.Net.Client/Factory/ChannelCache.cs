using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.Net.ClientFactory;

/// <summary>One channel for each registered client, made when first asked for and kept until the services go.</summary>
internal sealed class ChannelCache(
    IServiceScopeFactory scopes,
    IHttpMessageHandlerFactory handlers,
    ILoggerFactory loggers,
    IOptionsMonitor<GrpcClientFactoryOptions> options,
    IOptionsMonitor<HttpClientFactoryOptions> httpOptions) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Entry>> _entries = new(StringComparer.Ordinal);

    public CallInvoker GetInvoker(string name) => _entries.GetOrAdd(name, key => new Lazy<Entry>(() => Create(key))).Value.Invoker;

    public void Dispose()
    {
        foreach (var entry in _entries.Values.Where(entry => entry.IsValueCreated))
        {
            entry.Value.Channel.Dispose();
            entry.Value.Scope.Dispose();
        }
    }

    private Entry Create(string name)
    {
        var scope = scopes.CreateScope();
        try
        {
            return Create(name, scope);
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    private Entry Create(string name, IServiceScope scope)
    {
        var clientOptions = options.Get(name);
        HttpClientSettings.Apply(httpOptions.Get(name), clientOptions);
        var address = clientOptions.Address
            ?? throw new InvalidOperationException($"The gRPC client '{name}' has no address: set GrpcClientFactoryOptions.Address.");
        var channelOptions = new GrpcChannelOptions
        {
            HttpHandler = handlers.CreateHandler(name),
            LoggerFactory = loggers,
            ServiceProvider = scope.ServiceProvider,
        };
        foreach (var action in clientOptions.ChannelOptionsActions)
        {
            action(channelOptions);
        }

        var channel = GrpcChannel.ForAddress(address, channelOptions);
        if (clientOptions.HasCallCredentials && !channel.SendsCallCredentials)
        {
            throw new InvalidOperationException(
                $"The gRPC client '{name}' has call credentials, but its address {address} is not TLS, so they would not be sent: "
                + "use https, or set GrpcChannelOptions.UnsafeUseInsecureChannelCallCredentials.");
        }

        var interceptors = clientOptions.InterceptorRegistrations
            .Where(registration => registration.Scope == InterceptorScope.Channel)
            .Select(registration => registration.Creator(scope.ServiceProvider));
        return new Entry(channel, channel.CreateCallInvoker().Intercept([.. interceptors]), scope);
    }

    private sealed record Entry(GrpcChannel Channel, CallInvoker Invoker, IServiceScope Scope);
}
