using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RateLimitSuite.Limiter.Tests.Api;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Limiter.Tests.Gateways;

/// <summary>The gateway samples of <c>deploy/gateways</c> with the real programs before the real Limiter.</summary>
public sealed class GatewayTests(LimiterHost limiter) : IClassFixture<LimiterHost>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway").FullName;
    private readonly int _appPort = FreePort.Take();
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{_appPort}");
        _app = builder.Build();
        _app.MapGet("/{**path}", (HttpContext http) => $"app saw {http.Request.Headers["X-RateLimit-Request-Id"]}");
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [ProgramFact("caddy")]
    public async Task Caddy_BucketEmpties_PassesThenAnswers429()
    {
        var port = FreePort.Take();
        using var caddy = GatewayProcess.Start(
            "caddy", ["run", "--adapter", "caddyfile", "--config", Sample("Caddyfile")], _folder,
            new() { ["PORT"] = $"{port}", ["LIMITER"] = $"127.0.0.1:{limiter.Http.BaseAddress!.Port}", ["APP"] = $"127.0.0.1:{_appPort}", ["HOME"] = _folder });

        await PassesThenRefuses(port, "caddy");
    }

    [ProgramFact("nginx")]
    public async Task Nginx_BucketEmpties_PassesThenAnswers429()
    {
        var port = FreePort.Take();
        var config = (await File.ReadAllTextAsync(Sample("nginx.conf")))
            .Replace("listen 8088", $"listen 127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("localhost:8080", $"127.0.0.1:{limiter.Http.BaseAddress!.Port}", StringComparison.Ordinal)
            .Replace("localhost:9000", $"127.0.0.1:{_appPort}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder, "nginx.conf"), config);
        using var nginx = GatewayProcess.Start("nginx", ["-p", _folder, "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"], _folder, []);

        await PassesThenRefuses(port, "nginx");
    }

    [ProgramFact("haproxy")]
    public async Task HAProxy_BucketEmpties_PassesThenAnswers429()
    {
        var port = FreePort.Take();
        foreach (var file in new[] { "haproxy.cfg", "haproxy.lua" })
        {
            File.Copy(Sample(file), Path.Combine(_folder, file));
        }

        using var haproxy = GatewayProcess.Start(
            "haproxy", ["-f", "haproxy.cfg"], _folder,
            new() { ["LIMITER_TIMEOUT"] = "30000", ["PORT"] = $"{port}", ["LIMITER"] = $"127.0.0.1:{limiter.Http.BaseAddress!.Port}", ["APP"] = $"127.0.0.1:{_appPort}" });

        await PassesThenRefuses(port, "haproxy");
    }

    [Fact]
    public async Task Yarp_BucketEmpties_PassesThenAnswers429()
    {
        var port = FreePort.Take();

        // Output folders stand side by side: artifacts/bin/PROJECT/CONFIGURATION.
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "YarpGateway", configuration, "YarpGateway.dll"));
        using var yarp = GatewayProcess.Start(
            "dotnet",
            [
                program, $"--contentRoot={Sample("yarp")}", $"--Urls=http://127.0.0.1:{port}", $"--RateLimitSuite:Address={limiter.Address}", "--RateLimitSuite:Deadline=00:00:30",
                $"--ReverseProxy:Clusters:app:Destinations:app:Address=http://127.0.0.1:{_appPort}",
            ],
            _folder, []);

        await PassesThenRefuses(port, "yarp");
    }

    // The default policy without a model: half of 20 tokens at the start, 10/s; so a burst of 60 is more than passes.
    private static async Task PassesThenRefuses(int port, string client)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        http.DefaultRequestHeaders.Add("X-Api-Key", client);
        await UntilItAnswers(http);
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => http.GetAsync("/page")));

        var passed = answers.Where(answer => answer.StatusCode == HttpStatusCode.OK).ToArray();
        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToArray();
        Assert.NotEmpty(passed);
        Assert.NotEmpty(refused);
        Assert.Equal(60, passed.Length + refused.Length);
        var body = await passed[0].Content.ReadAsStringAsync();
        Assert.Equal(7, Guid.Parse(body["app saw ".Length..]).Version);
        Assert.True(refused[0].Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        Assert.StartsWith("\"default\";r=0", refused[0].Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
    }

    private static async Task UntilItAnswers(HttpClient http)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/ready", patience.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, patience.Token);
            }
        }
    }

    private static string Sample(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, "deploy", "gateways")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("deploy/gateways");
        }

        return Path.Combine(folder, "deploy", "gateways", name);
    }
}
