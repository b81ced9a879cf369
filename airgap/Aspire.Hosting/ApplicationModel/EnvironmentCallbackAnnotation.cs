namespace Aspire.Hosting.ApplicationModel;

/// <summary>Fills in part of a resource's environment.</summary>
public class EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Called once for each start and for the manifest.</summary>
    public Func<EnvironmentCallbackContext, Task> Callback { get; } = callback;

    /// <inheritdoc cref="EnvironmentCallbackAnnotation(Func{EnvironmentCallbackContext, Task})"/>
    public EnvironmentCallbackAnnotation(Action<EnvironmentCallbackContext> callback)
        : this(context =>
        {
            callback(context);
            return Task.CompletedTask;
        })
    {
    }
}
