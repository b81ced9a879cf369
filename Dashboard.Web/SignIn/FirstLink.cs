using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>Opens the link by which the first person comes in.</summary>
internal sealed partial class FirstLink(
    SignInTokens tokens, IOptions<DashboardOptions> options, IServer server, IHostApplicationLifetime lifetime, ILogger<FirstLink> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.SignInToken is { Length: > 0 } given)
        {
            tokens.Open(given);   // Whoever gave it prints the link.
        }
        else
        {
            var made = tokens.Issue(SuiteRoles.Operator);
            lifetime.ApplicationStarted.Register(() =>
            {
                var link = $"{Address()}/signin?t={made}";
                LogLink(link);
            });
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Address() => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";

    [LoggerMessage(Level = LogLevel.Information, Message = "Sign in, once, at {Link}")]
    private partial void LogLink(string link);
}
