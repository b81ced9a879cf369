using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace RateLimitSuite.Dashboard.Tests;

/// <summary>The dashboard itself on a free port, with whatever services it is told of.</summary>
internal sealed class DashboardHost : WebApplicationFactory<DashboardOptions>
{
    public const string Token = "0123456789abcdef0123456789abcdef";

    // Nothing listens there: a privileged port that no service has.
    private const string Nowhere = "127.0.0.1:2";

    private readonly string _services;
    private readonly string _broker;
    private readonly string _layouts = Directory.CreateTempSubdirectory("suite-layouts-").FullName;

    private readonly IReadOnlyDictionary<string, string> _settings;

    public DashboardHost(string? services = null, string? broker = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        (_services, _broker, _settings) = (services ?? $"http://{Nowhere}", broker ?? Nowhere, settings ?? new Dictionary<string, string>());
        UseKestrel();
        StartServer();
    }

    public string Address => ClientOptions.BaseAddress.ToString().TrimEnd('/');

    /// <summary>A browser's HTTP without a browser: cookies, and no redirection followed.</summary>
    public HttpClient Client() => new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(Address) };

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("HTTP_PORT", "0");
        builder.UseSetting("Suite:Key", "only-for-these-tests-and-no-secret-at-all");
        builder.UseSetting("Loop:Profile", "local");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        builder.UseSetting("Dashboard:SignInToken", Token);
        builder.UseSetting("Dashboard:LayoutFolder", _layouts);
        builder.UseSetting("ConnectionStrings:broker", _broker);
        foreach (var (name, value) in _settings)
        {
            builder.UseSetting(name, value);
        }

        foreach (var service in new[] { "limiter", "explainer", "driftmonitor", "trainer" })
        {
            builder.UseSetting($"services:{service}:grpc:0", _services);
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Directory.Exists(_layouts))
        {
            Directory.Delete(_layouts, recursive: true);
        }
    }
}
