using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Shows the service's certificate and asks for one of the client, signed by the configured authority.</summary>
internal static class MutualTls
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <exception cref="InvalidOperationException">A file is not set, not there, or not what it should be; the message names the setting.</exception>
    public static void Configure(HttpsConnectionAdapterOptions https, SuiteTlsOptions options)
    {
        var certificate = PathOf(options.CertificateFile, nameof(options.CertificateFile));
        var key = PathOf(options.KeyFile, nameof(options.KeyFile));
        var authority = Read(options.ClientAuthorityFile, nameof(options.ClientAuthorityFile), X509CertificateLoader.LoadCertificateFromFile);
        https.ServerCertificate = Read(certificate, nameof(options.CertificateFile), file => X509Certificate2.CreateFromPemFile(file, key));
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (client, _, errors) =>
            !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) && IsSigned(client, authority);
    }

    private static bool IsSigned(X509Certificate2 client, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;   // The machine's own authorities sign for strangers too.
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.ApplicationPolicy.Add(ClientAuthentication);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;      // A private authority rarely answers; give short-lived certificates.
        return chain.Build(client);
    }

    private static X509Certificate2 Read(string? file, string setting, Func<string, X509Certificate2> load)
    {
        try
        {
            return load(PathOf(file, setting));
        }
        catch (CryptographicException error)
        {
            throw new InvalidOperationException($"{SuiteTlsOptions.Section}:{setting} is '{file}', which cannot be read: {error.Message}", error);
        }
    }

    private static string PathOf(string? file, string setting) => File.Exists(file)
        ? file
        : throw new InvalidOperationException($"{SuiteTlsOptions.Section}:{setting} is '{file}'; it must be a PEM file.");
}
