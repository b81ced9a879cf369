using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RateLimitSuite.ServiceDefaults;

namespace Microsoft.Extensions.Hosting;

/// <summary>A service's database.</summary>
public static class SuitePostgresExtensions
{
    /// <summary>Applies the scripts that an assembly embeds, beside the start of the host; wait for <see cref="SuiteDatabase.Ready"/>.</summary>
    /// <param name="builder">The service's builder, which has an <see cref="NpgsqlDataSource"/> by <c>AddNpgsqlDataSource</c>.</param>
    /// <param name="scripts">The assembly with <c>Migrations/NNNN_name.sql</c>.</param>
    /// <param name="owner">Whose tables these are.</param>
    /// <param name="neededToServe">Whether the service is ready only with its tables; a service that can work without says false.</param>
    /// <returns>The builder it was given.</returns>
    /// <remarks><c>Database:Migrate=false</c> only verifies. A changed script stops the host.</remarks>
    public static TBuilder AddSuiteMigrations<TBuilder>(this TBuilder builder, Assembly scripts, string owner, bool neededToServe = true)
        where TBuilder : IHostApplicationBuilder
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(SuiteDatabase)))
        {
            throw new InvalidOperationException("A service has one owner of tables: SuiteDatabase.Ready could not tell for whom it speaks.");
        }

        builder.Services.AddSingleton<SuiteDatabase>();
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<SuiteMigrationService>(services, scripts, owner));
        if (neededToServe)
        {
            builder.Services.AddHealthChecks().AddCheck<TablesHealthCheck>("tables");
        }

        return builder;
    }
}
