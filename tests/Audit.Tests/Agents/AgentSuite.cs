using ModelContextProtocol.Client;
using Npgsql;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Audit.Tests.Agents;

/// <summary>Limiter, Explainer, DriftMonitor and dashboard as processes on one database, and agents that come in over stdio.</summary>
public sealed class AgentSuite : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly PostgresFixture _postgres = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("audit-agents-");
    private readonly List<ServiceProcess> _services = [];

    public NpgsqlDataSource Database => _postgres.DataSource;

    internal ServiceProcess Limiter => _services[0];

    internal ServiceProcess Dashboard => _services[^1];

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        var database = $"--ConnectionStrings:suite={_postgres.ConnectionString}";
        _services.Add(ServiceProcess.Start("Limiter.Service", database, $"--Limiter:DataFolder={_folder.FullName}"));
        _services.Add(ServiceProcess.Start("Explainer.Service", database));
        _services.Add(ServiceProcess.Start("DriftMonitor.Service", database));
        _services.Add(ServiceProcess.Start(
            "Dashboard.Web", $"--services:limiter:grpc:0={_services[0].Grpc}", $"--services:explainer:grpc:0={_services[1].Grpc}",
            $"--services:driftmonitor:grpc:0={_services[2].Grpc}", $"--Dashboard:LayoutFolder={_folder.FullName}"));
        await Task.WhenAll(_services.Select(service => service.AnswersAsync()));
        await UntilAsync("SELECT to_regclass('explanations') IS NOT NULL AND to_regclass('limiter_override_audit') IS NOT NULL AND to_regclass('drift_alerts') IS NOT NULL");
    }

    public async Task DisposeAsync()
    {
        _services.ForEach(service => service.Dispose());
        await _postgres.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>An agent's session: <c>Audit mcp</c> over standard input and output.</summary>
    internal Task<McpClient> AgentAsync(string role)
    {
        var arguments = new[] { typeof(AuditProgram).Assembly.Location, "mcp", "--dashboard", Dashboard.Http.ToString(), "--role", role, "--name", "night-watch" };
        return McpClient.CreateAsync(new StdioClientTransport(new()
        {
            Name = "suite",
            Command = "dotnet",
            Arguments = arguments,
            EnvironmentVariables = new Dictionary<string, string?> { ["Suite__Key"] = ServiceProcess.Key },
        }), new() { DiscoverProbeTimeout = Timeout.InfiniteTimeSpan, InitializationTimeout = Longest });   // A busy machine starts it slowly.
    }

    /// <summary>Keeps the explanation of a decision, as the Explainer would have.</summary>
    internal async Task ExplainedAsync(string requestId, string subnet, double reputation, double phi)
    {
        await using var command = Database.CreateCommand(
            """
            INSERT INTO explanations (decided_at, request_id, client_id, subnet, allowed, decided_by, reason, policy, backend, prediction, refill_rate, base_value,
                                      shap, features, model_version, mode, background_id, sampled)
            VALUES (now(), $1, 'c-' || $1, $2, false, 1, 2, 'default', '', 40 + $4, 40 + $4, 40, ARRAY[0, 0, 0, 0, 0, $4], ARRAY[10, 0.1, 0.2, 12, 0, $3], 'm7', 'interventional', 'b1', 1)
            """);
        foreach (var value in new object[] { requestId, subnet, reputation, phi })
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync();
    }

    private async Task UntilAsync(string sql)
    {
        using var timeout = new CancellationTokenSource(Longest);
        while (true)
        {
            await using (var command = Database.CreateCommand(sql))
            {
                if (await command.ExecuteScalarAsync(timeout.Token) is true)
                {
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), timeout.Token);
        }
    }
}
