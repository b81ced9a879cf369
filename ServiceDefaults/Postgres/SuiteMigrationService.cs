using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Migrates beside the start of the host, so that a service which can work without its database does.</summary>
internal sealed partial class SuiteMigrationService(
    NpgsqlDataSource dataSource,
    Assembly scripts,
    string owner,
    SuiteDatabase database,
    IConfiguration configuration,
    TimeProvider clock,
    ILogger<SuiteMigrationService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var apply = configuration.GetValue("Database:Migrate", true);
            var applied = await SuiteMigrations.RunAsync(dataSource, scripts, owner, apply, clock, logger, stoppingToken);
            LogReady(owner, applied);
            database.SetReady();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            database.SetFailed(new OperationCanceledException(stoppingToken));
        }
        catch (Exception error)
        {
            database.SetFailed(error);
            throw;   // Stops the host: no table of this service can be trusted.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Tables of {Owner} are ready, {Applied} migration(s) applied now.")]
    private partial void LogReady(string owner, int applied);
}
