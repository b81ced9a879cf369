using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>One more port, with mutual TLS, for gateways on other machines; section <c>Suite:Tls</c>. All three files or none.</summary>
public sealed record SuiteTlsOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Suite:Tls";

    /// <summary>The port, for HTTP/1.1 and HTTP/2; 0 takes any free one. Default 8443.</summary>
    [Range(0, 65_535)] public int Port { get; init; } = 8443;

    /// <summary>The server's certificate with its chain, a PEM file; unset: no such port.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The certificate's key, a PEM file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Who signs the certificates of gateways, a PEM file; nobody else's are taken.</summary>
    public string? ClientAuthorityFile { get; init; }

    /// <summary>Whether the port is wanted.</summary>
    public bool IsSet => !string.IsNullOrEmpty(CertificateFile);
}
