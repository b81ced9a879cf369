using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.AppHost;

/// <summary>Tells the developer where to look once everything is up.</summary>
internal static class Welcome
{
    private const string TokenVariable = "Dashboard__SignInToken";
    private static readonly string Token = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>In development, lets one person in by a link with a token of this run.</summary>
    public static IResourceBuilder<ProjectResource> WithSignInLink(this IResourceBuilder<ProjectResource> dashboard) =>
        OffersSignIn(dashboard.ApplicationBuilder)
            ? dashboard.WithEnvironment(TokenVariable, Token).WithUrlForEndpoint("http", url => url.Url = SignInPath)
            : dashboard;

    /// <summary>Prints the dashboard's and the limiter's addresses when the dashboard, which waits for all services, is ready.</summary>
    public static void PrintAddresses(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> dashboard, IResourceBuilder<ProjectResource> limiter) =>
        dashboard.OnResourceReady((_, _, _) =>
        {
            var path = OffersSignIn(builder) ? SignInPath : "";
            Console.WriteLine(Box(
                $"Dashboard      {dashboard.GetEndpoint("http").Url}{path}",
                $"Limiter, gRPC  {limiter.GetEndpoint("grpc").Url}",
                $"Limiter, HTTP  {limiter.GetEndpoint("http").Url}/decide"));
            return Task.CompletedTask;
        });

    private static string SignInPath => $"/signin?t={Token}";

    private static bool OffersSignIn(IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsRunMode && builder.Environment.IsDevelopment();

    private static string Box(params string[] lines)
    {
        var width = lines.Max(line => line.Length);
        var edge = new string('─', width + 2);
        return string.Join(Environment.NewLine, [$"┌{edge}┐", .. lines.Select(line => $"│ {line.PadRight(width)} │"), $"└{edge}┘"]);
    }
}
