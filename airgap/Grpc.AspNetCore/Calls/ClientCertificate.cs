using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Describes a client's certificate as gRPC does.</summary>
internal static class ClientCertificate
{
    private const string SubjectAlternativeName = "x509_subject_alternative_name";
    private const string CommonName = "x509_common_name";

    public static AuthContext Describe(X509Certificate2? certificate)
    {
        var properties = new Dictionary<string, List<AuthProperty>>(StringComparer.Ordinal);
        if (certificate is null)
        {
            return new AuthContext(null, properties);
        }

        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames())
            .Select(name => AuthProperty.Create(SubjectAlternativeName, Encoding.UTF8.GetBytes(name)))
            .ToList();
        if (alternatives.Count > 0)
        {
            properties[SubjectAlternativeName] = alternatives;
        }

        var commonName = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        properties[CommonName] = [AuthProperty.Create(CommonName, Encoding.UTF8.GetBytes(commonName))];
        return new AuthContext(alternatives.Count > 0 ? SubjectAlternativeName : CommonName, properties);
    }
}
