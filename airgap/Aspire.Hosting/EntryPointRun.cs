using System.Reflection;

namespace Aspire.Hosting;

/// <summary>AppHost's entry point run inside a test: its builder and application are handed to the test instead of being run.</summary>
internal sealed class EntryPointRun(Assembly appHost, string[] args)
{
    private static readonly AsyncLocal<EntryPointRun?> Ambient = new();

    private readonly TaskCompletionSource<IDistributedApplicationBuilder> _builder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _application = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _build = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDistributedApplicationBuilder? _created;

    /// <summary>The run that the current code belongs to; null outside tests.</summary>
    public static EntryPointRun? Current => Ambient.Value;

    public Assembly AppHost { get; } = appHost;

    /// <summary>The builder, once AppHost has described everything and asks to build.</summary>
    public Task<IDistributedApplicationBuilder> Described => _builder.Task;

    /// <summary>Runs the entry point on a thread of its own, as it blocks until the test ends.</summary>
    public void Start()
    {
        var thread = new Thread(Invoke) { IsBackground = true, Name = $"{AppHost.GetName().Name} entry point" };
        thread.Start();
    }

    public void OnBuilderCreated(IDistributedApplicationBuilder builder) => _created = builder;

    /// <summary>Holds AppHost at <c>Build</c> until the test has changed what it wants to change.</summary>
    public void WaitForBuild()
    {
        _builder.TrySetResult(_created!);
        _build.Task.GetAwaiter().GetResult();
    }

    public void OnBuilt(DistributedApplication application) => _application.TrySetResult(application);

    /// <summary>Lets AppHost build.</summary>
    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _build.TrySetResult();
        return _application.Task.WaitAsync(cancellationToken);
    }

    /// <summary>What AppHost's <c>Run</c> waits for, as the test starts and stops.</summary>
    public Task WaitForStopAsync() => _stopped.Task;

    /// <summary>Lets AppHost's entry point return.</summary>
    public void OnStopped()
    {
        _build.TrySetException(new OperationCanceledException("The test ended before it built the application."));
        _stopped.TrySetResult();
    }

    private void Invoke()
    {
        Ambient.Value = this;
        try
        {
            var entryPoint = AppHost.EntryPoint
                ?? throw new InvalidOperationException($"Assembly '{AppHost.GetName().Name}' has no entry point.");
            var result = entryPoint.Invoke(null, entryPoint.GetParameters().Length == 0 ? null : [args]);
            (result as Task)?.GetAwaiter().GetResult();
            Fail(new InvalidOperationException("AppHost's entry point returned without building an application."));
        }
#pragma warning disable CA1031 // Whatever AppHost throws is the test's failure.
        catch (Exception exception)
        {
            Fail(exception is TargetInvocationException { InnerException: { } inner } ? inner : exception);
        }
#pragma warning restore CA1031
    }

    // Without effect where the test already has its builder and application.
    private void Fail(Exception exception)
    {
        _builder.TrySetException(exception);
        _application.TrySetException(exception);
    }
}
