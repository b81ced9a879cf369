using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;

namespace RateLimitSuite.Airgap.Aspire.Tests;

/// <summary>An application described by a test, run in the test's process with its log kept and its data in a folder of its own.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly DistributedApplication _app;
    private readonly StringWriter _log;

    private RunningApp(DistributedApplication app, StringWriter log)
    {
        _app = app;
        _log = log;
    }

    /// <summary>Time after which a test has failed; generous, as test machines are busy.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(2);

    public ResourceNotificationService States => _app.ResourceNotifications;

    public ResourceCommandService Commands => _app.ResourceCommands;

    public IServiceProvider Services => _app.Services;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public static async Task<RunningApp> StartAsync(Action<IDistributedApplicationBuilder> describe, params string[] settings)
    {
        var builder = Describe(describe, settings);
        var log = new StringWriter();
        builder.Services.AddSingleton(new ResourceConsole(TextWriter.Synchronized(log), colour: false));
        var app = builder.Build();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new RunningApp(app, log);
    }

    /// <summary>A builder with short waits between restarts.</summary>
    public static IDistributedApplicationBuilder Describe(Action<IDistributedApplicationBuilder> describe, params string[] settings)
    {
        var builder = DistributedApplication.CreateBuilder(["--StandIn:RestartDelay=00:00:00.02", .. settings]);
        describe(builder);
        return builder;
    }

    public Task<ResourceEvent> WaitAsync(string resource, Func<ResourceEvent, bool> until) =>
        States.WaitForResourceAsync(resource, until).WaitAsync(Patience);

    public Task<ResourceEvent> WaitForStateAsync(string resource, string state) => WaitAsync(resource, e => e.Snapshot.State?.Text == state);

    public Task HealthyAsync(string resource) => States.WaitForResourceHealthyAsync(resource).WaitAsync(Patience);

    public static int ProcessOf(ResourceEvent e) => (int)e.Snapshot.Properties.Single(p => p.Name == "executable.pid").Value!;

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
