namespace Grpc.Core;

/// <summary>TLS. Certificates are chosen at the channel's HTTP handler.</summary>
public sealed class SslCredentials : ChannelCredentials
{
    internal override bool IsSecure => true;
}
