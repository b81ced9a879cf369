using System.Data.Common;
using Aspire.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connects to PostgreSQL by the names that Aspire gives to services.</summary>
public static class AspirePostgreSqlNpgsqlExtensions
{
    private const string Section = "Aspire:Npgsql";

    /// <summary>Registers the <see cref="NpgsqlDataSource"/> of a connection, with health check, traces and metrics.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name in <c>ConnectionStrings</c>, and of the section below <c>Aspire:Npgsql</c>.</param>
    /// <param name="configureSettings">Runs last, over what configuration says.</param>
    /// <param name="configureDataSourceBuilder">Runs when the data source is built.</param>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) =>
        Add(builder, connectionName, key: null, configureSettings, configureDataSourceBuilder);

    /// <summary>As <see cref="AddNpgsqlDataSource"/>, under a service key that equals the connection's name.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Service key and connection name.</param>
    /// <param name="configureSettings">Runs last, over what configuration says.</param>
    /// <param name="configureDataSourceBuilder">Runs when the data source is built.</param>
    public static void AddKeyedNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string name,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) =>
        Add(builder, name, key: name, configureSettings, configureDataSourceBuilder);

    private static void Add(
        IHostApplicationBuilder builder,
        string name,
        string? key,
        Action<NpgsqlSettings>? configureSettings,
        Action<NpgsqlDataSourceBuilder>? configureDataSource)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var settings = ReadSettings(builder.Configuration, name, configureSettings);
        if (key is null)
        {
            builder.Services.AddSingleton(services => Build(services, settings, name, configureDataSource));
            builder.Services.AddSingleton<DbDataSource>(services => services.GetRequiredService<NpgsqlDataSource>());
            builder.Services.AddTransient(services => services.GetRequiredService<NpgsqlDataSource>().CreateConnection());
            builder.Services.AddTransient<DbConnection>(services => services.GetRequiredService<NpgsqlConnection>());
        }
        else
        {
            builder.Services.AddKeyedSingleton(key, (services, _) => Build(services, settings, name, configureDataSource));
            builder.Services.AddKeyedSingleton<DbDataSource>(key, (services, _) => services.GetRequiredKeyedService<NpgsqlDataSource>(key));
            builder.Services.AddKeyedTransient(key, (services, _) => services.GetRequiredKeyedService<NpgsqlDataSource>(key).CreateConnection());
            builder.Services.AddKeyedTransient<DbConnection>(key, (services, _) => services.GetRequiredKeyedService<NpgsqlConnection>(key));
        }

        Observe(builder, settings, key);
    }

    private static NpgsqlSettings ReadSettings(IConfiguration configuration, string name, Action<NpgsqlSettings>? configure)
    {
        var settings = new NpgsqlSettings();
        configuration.GetSection(Section).Bind(settings);
        configuration.GetSection($"{Section}:{name}").Bind(settings);
        settings.ConnectionString = configuration.GetConnectionString(name) ?? settings.ConnectionString;
        configure?.Invoke(settings);
        return settings;
    }

    private static NpgsqlDataSource Build(IServiceProvider services, NpgsqlSettings settings, string name, Action<NpgsqlDataSourceBuilder>? configure)
    {
        if (string.IsNullOrEmpty(settings.ConnectionString))
        {
            throw new InvalidOperationException(
                $"There is no connection string for PostgreSQL: set ConnectionStrings:{name} or {Section}:{name}:ConnectionString.");
        }

        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UseLoggerFactory(services.GetService<ILoggerFactory>());
        configure?.Invoke(builder);
        return builder.Build();
    }

    private static void Observe(IHostApplicationBuilder builder, NpgsqlSettings settings, string? key)
    {
        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                key is null ? "PostgreSql" : $"PostgreSql_{key}",
                services => new PostgreSqlHealthCheck(key is null
                    ? services.GetRequiredService<NpgsqlDataSource>()
                    : services.GetRequiredKeyedService<NpgsqlDataSource>(key)),
                failureStatus: null,
                tags: null));
        }

        if (!settings.DisableTracing)
        {
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Npgsql"));
        }

        if (!settings.DisableMetrics)
        {
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("Npgsql"));
        }
    }
}
