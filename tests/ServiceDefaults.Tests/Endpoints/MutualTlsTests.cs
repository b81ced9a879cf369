using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.ServiceDefaults.Tests.Endpoints;

public sealed class MutualTlsTests : IDisposable
{
    private readonly Authority _authority = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ratelimitsuite-tls-");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task DataPlane_WithACertificateOfOurs_IsOpenAndKnowsTheGateway(string version)
    {
        await using var app = await StartAsync();
        using var certificate = _authority.IssueClient();
        using var client = CreateClient(app.Addresses()[2], certificate);
        client.DefaultRequestVersion = Version.Parse(version);
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        Assert.Equal("CN=edge-7", await client.GetStringAsync("decide"));
    }

    [Fact]
    public async Task DataPlane_WithACertificateOfStrangers_RefusesTheConnection()
    {
        using var strangers = new Authority();
        using var certificate = strangers.IssueClient();
        await using var app = await StartAsync();
        using var client = CreateClient(app.Addresses()[2], certificate);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("decide"));
    }

    [Fact]
    public async Task DataPlane_WithAServersCertificate_RefusesTheConnection()
    {
        using var certificate = _authority.IssueServer();
        await using var app = await StartAsync();
        using var client = CreateClient(app.Addresses()[2], certificate);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("decide"));
    }

    [Fact]
    public async Task DataPlane_OnThePlainPort_IsClosed()
    {
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = app.Addresses()[0] };

        using var response = await client.GetAsync("decide");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Start_KeyFileIsMissing_NamesTheSetting()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(("Suite:Tls:KeyFile", "/nowhere.pem")));

        Assert.Contains("Suite:Tls:KeyFile is '/nowhere.pem'", error.Message, StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync(params (string, string?)[] settings)
    {
        using var server = _authority.IssueServer();
        var builder = SuiteApplication.CreateBuilder(
        [
            ("Suite:Tls:Port", "0"),
            ("Suite:Tls:CertificateFile", Write("server.pem", server.ExportCertificatePem())),
            ("Suite:Tls:KeyFile", Write("key.pem", server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem())),
            ("Suite:Tls:ClientAuthorityFile", Write("authority.pem", _authority.Certificate.ExportCertificatePem())),
            .. settings,
        ]);
        builder.RequireDataPlaneKeyUnlessLoopback();
        var app = builder.Build();
        app.MapGet("/decide", (HttpContext context) => context.User.Identity?.Name).RequireDataPlaneAccess();
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private string Write(string name, string pem)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, pem);
        return path;
    }

    private HttpClient CreateClient(Uri address, X509Certificate2 certificate)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.ClientCertificates = [certificate];
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(_authority.Certificate);
        return new HttpClient(handler) { BaseAddress = address };
    }
}
