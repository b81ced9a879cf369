using Grpc.Net.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>Merges a service's options with those of all services.</summary>
internal sealed class MethodSettingsFactory(IServiceProvider services, IOptions<GrpcServiceOptions> globalOptions)
{
    public MethodSettings Create<TService>()
        where TService : class
    {
        var all = globalOptions.Value;
        var own = services.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value;
        var providers = own.CompressionProviders.Concat(all.CompressionProviders).DistinctBy(provider => provider.EncodingName).ToList();
        var encodings = new Encodings(providers.Count > 0 ? providers : Encodings.Defaults);
        var settings = new MethodSettings(
            own.MaxSendMessageSizeSpecified ? own.MaxSendMessageSize : all.MaxSendMessageSize,
            own.MaxReceiveMessageSizeSpecified ? own.MaxReceiveMessageSize : all.MaxReceiveMessageSize,
            own.EnableDetailedErrors ?? all.EnableDetailedErrors ?? false,
            own.ResponseCompressionAlgorithm ?? all.ResponseCompressionAlgorithm,
            own.ResponseCompressionLevel ?? all.ResponseCompressionLevel,
            encodings,
            [.. all.Interceptors, .. own.Interceptors],
            all.IgnoreUnknownServices ?? false);
        if (settings.ResponseEncoding is { } encoding && encoding != Encodings.Identity && encodings.Find(encoding) is null)
        {
            throw new InvalidOperationException(
                $"ResponseCompressionAlgorithm is '{encoding}', but the compression providers are only {encodings.AcceptHeader}.");
        }

        return settings;
    }
}
