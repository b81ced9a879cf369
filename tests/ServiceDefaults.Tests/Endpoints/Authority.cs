using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RateLimitSuite.ServiceDefaults.Tests.Endpoints;

/// <summary>A certificate authority for one test.</summary>
internal sealed class Authority : IDisposable
{
    private const string Server = "1.3.6.1.5.5.7.3.1";
    private const string Client = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow().AddMinutes(-5);

    public Authority()
    {
        var request = new CertificateRequest("CN=tests' authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Certificate = request.CreateSelfSigned(_from, _from.AddHours(1));
    }

    public X509Certificate2 Certificate { get; }

    public X509Certificate2 IssueServer() => Issue("CN=limiter", Server);

    public X509Certificate2 IssueClient() => Issue("CN=edge-7", Client);

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Issue(string subject, string purpose)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        using var signed = request.Create(Certificate, _from, _from.AddMinutes(50), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
