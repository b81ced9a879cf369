using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RateLimitSuite.Contracts.Events;
using RateLimitSuite.DriftMonitor.Alerts;
using RateLimitSuite.DriftMonitor.Notifications;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.DriftMonitor.Tests.Notifications;

/// <summary>One process' notifications on a database of the test.</summary>
internal sealed class DispatcherHost : IAsyncDisposable
{
    private readonly IHost _host;

    private DispatcherHost(IHost host) => _host = host;

    public CapturedLog Log => _host.Services.GetRequiredService<CapturedLog>();

    public static async Task<DispatcherHost> StartAsync(NpgsqlDataSource database, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder();
        foreach (var (name, value) in settings.Append(("LookEvery", "00:00:00.05")).Append(("FirstPause", "00:00:00.05")))
        {
            builder.Configuration[$"Notifications:{name}"] = value;
        }

        builder.Services.AddSingleton(database);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<CapturedLog>();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(services => services.GetRequiredService<CapturedLog>());
        builder.AddSuiteMigrations(typeof(DriftMonitorOptions).Assembly, "driftmonitor");
        builder.AddNotifications();
        var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<SuiteDatabase>().Ready.WaitAsync(TimeSpan.FromMinutes(1));
        return new DispatcherHost(host);
    }

    public void Explain(string requestId, params double[] shap) => _host.Services.GetRequiredService<RecentAttributions>().Add(new ShapValues
    {
        RequestId = requestId,
        Timestamp = DateTimeOffset.UnixEpoch,
        ClientId = "c",
        Allowed = false,
        DecidedBy = "bucket",
        Reason = "bucket_empty",
        Prediction = 1,
        RefillRate = 1,
        BaseValue = 1,
        Shap = shap,
        Features = shap,
        FeatureNames = ["request_volume", "ip_reputation"],
        ModelVersion = "m7",
        Mode = "interventional",
    });

    public static async Task<AlertRecord> RaiseAsync(NpgsqlDataSource database, string name = "drift", string severity = "critical", TimeSpan age = default)
    {
        var alert = new AlertRecord
        {
            Id = Guid.CreateVersion7(),
            At = TimeProvider.System.GetUtcNow() - age,
            Name = name,
            Severity = severity,
            Message = "mae 0.4 over 0.15 <n = 900>.",
            Detector = "mae",
            Value = 0.4,
            Limit = 0.15,
            Count = 900,
            ModelVersion = "m7",
            FollowedBy = "retraining asked for",
        };
        await using var connection = await database.OpenConnectionAsync();
        await AlertStore.AddAsync(connection, alert, CancellationToken.None);
        return alert;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
