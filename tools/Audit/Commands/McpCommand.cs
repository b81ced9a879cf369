using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RateLimitSuite.Audit.Agents;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>mcp</c>: the suite as tools of an agent, over standard input and output.</summary>
internal static class McpCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var dashboard = new Option<string>("--dashboard") { Description = "Address of the suite's dashboard.", DefaultValueFactory = _ => "http://localhost:18888" };
        var token = new Option<string?>("--token") { Description = "A token of the suite; unset: the environment's RATELIMITSUITE_TOKEN, else made with its Suite__Key." };
        var name = new Option<string>("--name") { Description = "Who acts, for the audit log, where tokens are made by the key.", DefaultValueFactory = _ => "agent" };
        var role = new Option<string>("--role") { Description = "What it may do, where tokens are made by the key.", DefaultValueFactory = _ => SuiteRoles.Viewer };
        role.AcceptOnlyFromAmong(SuiteRoles.Viewer, SuiteRoles.Operator);
        var command = new Command("mcp", "Serves the suite to an agent by the Model Context Protocol over stdio; read-only unless it is an operator.") { dashboard, token, name, role };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var caller = AgentToken.From(parsed.GetValue(token), parsed.GetRequiredValue(name), parsed.GetRequiredValue(role));
            var address = Uri.TryCreate(parsed.GetRequiredValue(dashboard), UriKind.Absolute, out var given) && given.Scheme is ("http" or "https")
                ? given
                : throw new UsageException($"--dashboard is '{parsed.GetRequiredValue(dashboard)}'; it must be an http or https address.");
            await Build(address, caller).RunAsync(cancellationToken);
            return AuditProgram.Passed;
        });
        return command;
    }

    private static IHost Build(Uri dashboard, AgentToken caller)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();   // Standard output is the protocol's.
        builder.Services.AddSingleton(caller);
        builder.Services.AddSingleton(new HttpClient { BaseAddress = dashboard, Timeout = Longest });
        builder.Services.AddSingleton<SuiteApi>();
        var server = builder.Services
            .AddMcpServer(options => options.ServerInfo = new() { Name = "ratelimitsuite", Version = "1.0.0" })
            .WithStdioServerTransport()
            .WithTools<ReadTools>();
        if (caller.IsOperator)
        {
            server.WithTools<ChangeTools>();
        }

        return builder.Build();
    }
}
