using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Runs a resource's callbacks for variables and arguments.</summary>
internal static class EnvironmentResolver
{
    /// <summary>The variables in the order in which they were set, with values not yet filled in.</summary>
    public static async Task<Dictionary<string, object>> CollectVariablesAsync(
        IResource resource, DistributedApplicationExecutionContext execution, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(execution, resource, cancellationToken: cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
        {
            await annotation.Callback(context);
        }

        return context.EnvironmentVariables;
    }

    /// <summary>The arguments, with values not yet filled in.</summary>
    public static async Task<IList<object>> CollectArgumentsAsync(
        IResource resource, DistributedApplicationExecutionContext execution, CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = execution };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray())
        {
            await annotation.Callback(context);
        }

        return context.Args;
    }

    /// <summary>The variables as the process gets them; those without value are left out.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ResolveVariablesAsync(
        IResource resource, DistributedApplicationExecutionContext execution, ValueProviderContext context, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, string>();
        foreach (var (name, value) in await CollectVariablesAsync(resource, execution, cancellationToken))
        {
            if (await ResolveAsync(value, context, cancellationToken) is { } text)
            {
                resolved[name] = text;
            }
        }

        return resolved;
    }

    /// <summary>The arguments as the process gets them.</summary>
    public static async Task<IReadOnlyList<string>> ResolveArgumentsAsync(
        IResource resource, DistributedApplicationExecutionContext execution, ValueProviderContext context, CancellationToken cancellationToken)
    {
        var resolved = new List<string>();
        foreach (var value in await CollectArgumentsAsync(resource, execution, cancellationToken))
        {
            if (await ResolveAsync(value, context, cancellationToken) is { } text)
            {
                resolved.Add(text);
            }
        }

        return resolved;
    }

    private static async ValueTask<string?> ResolveAsync(object value, ValueProviderContext context, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(context, cancellationToken),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(context, cancellationToken),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
