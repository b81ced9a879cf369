using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>Fills in what the application left unset.</summary>
internal sealed class GrpcServiceOptionsDefaults : IPostConfigureOptions<GrpcServiceOptions>
{
    private const int MaxReceiveMessageSize = 4 * 1024 * 1024;

    public void PostConfigure(string? name, GrpcServiceOptions options)
    {
        if (!options.MaxReceiveMessageSizeSpecified)
        {
            options.MaxReceiveMessageSize = MaxReceiveMessageSize;
        }
    }
}
