using System.Globalization;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Publishing;

/// <summary>One manifest entry for each resource, its keys in the order in which deployment tools have come to know them.</summary>
internal sealed class ManifestWriter(ManifestPublishingContext context)
{
    private readonly Dictionary<string, IResource> _referenced = new(StringComparer.OrdinalIgnoreCase);
    private readonly ManifestPorts _ports = new();

    private Utf8JsonWriter Writer => context.Writer;

    public async Task WriteAsync(DistributedApplicationModel model)
    {
        Writer.WriteStartObject();
        Writer.WriteStartObject("resources");
        foreach (var resource in model.Resources)
        {
            await WriteResourceAsync(resource);
        }

        // What is used without being part of the model, as a generated password.
        foreach (var resource in _referenced.Values.Where(r => !model.Resources.TryGetByName(r.Name, out _)).ToArray())
        {
            await WriteResourceAsync(resource);
        }

        Writer.WriteEndObject();
        Writer.WriteEndObject();
        await Writer.FlushAsync(context.CancellationToken);
    }

    private async Task WriteResourceAsync(IResource resource)
    {
        if (resource.TryGetLastAnnotation<ManifestPublishingCallbackAnnotation>(out var custom) && custom.Callback is null)
        {
            return;
        }

        Writer.WriteStartObject(resource.Name);
        await WriteEntryAsync(resource, custom);
        Writer.WriteEndObject();
    }

    private Task WriteEntryAsync(IResource resource, ManifestPublishingCallbackAnnotation? custom) => (custom, resource) switch
    {
        ({ Callback: { } callback }, _) => callback(context),
        (_, ContainerResource container) => WriteContainerAsync(container),
        (_, ProjectResource project) => WriteProjectAsync(project),
        (_, ExecutableResource executable) => WriteExecutableAsync(executable),
        (_, ParameterResource parameter) => WriteParameter(parameter),
        (_, IResourceWithConnectionString connected) => WriteValue(connected),
        _ => throw new DistributedApplicationException($"Resource '{resource.Name}' ({resource.GetType().Name}) has no form in the manifest."),
    };

    private async Task WriteProjectAsync(ProjectResource project)
    {
        Writer.WriteString("type", "project.v0");
        Writer.WriteString("path", context.GetManifestRelativePath(project.Annotations.OfType<IProjectMetadata>().Single().ProjectPath));
        await WriteArgumentsAsync(project);
        await WriteEnvironmentAsync(project);
        WriteBindings(project);
    }

    private async Task WriteExecutableAsync(ExecutableResource executable)
    {
        Writer.WriteString("type", "executable.v0");
        Writer.WriteString("workingDirectory", context.GetManifestRelativePath(executable.WorkingDirectory));
        Writer.WriteString("command", executable.Command);
        await WriteArgumentsAsync(executable);
        await WriteEnvironmentAsync(executable);
        WriteBindings(executable);
    }

    private async Task WriteContainerAsync(ContainerResource container)
    {
        Writer.WriteString("type", "container.v0");
        if (container is IResourceWithConnectionString connected)
        {
            WriteConnectionString(connected);
        }

        Writer.WriteString("image", container.TryGetLastAnnotation<ContainerImageAnnotation>(out var image)
            ? image.ToString()
            : throw new DistributedApplicationException($"Container '{container.Name}' has no image."));
        if (container.Entrypoint is not null)
        {
            Writer.WriteString("entrypoint", container.Entrypoint);
        }

        await WriteArgumentsAsync(container);
        WriteMounts(container, "bindMounts", ContainerMountType.BindMount, "source");
        WriteMounts(container, "volumes", ContainerMountType.Volume, "name");
        await WriteEnvironmentAsync(container);
        WriteBindings(container);
    }

    private Task WriteParameter(ParameterResource parameter)
    {
        Writer.WriteString("type", "parameter.v0");
        if (parameter.IsConnectionString)
        {
            Writer.WriteString("connectionString", parameter.ValueExpression);
        }

        Writer.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        Writer.WriteStartObject("inputs");
        Writer.WriteStartObject("value");
        Writer.WriteString("type", "string");
        if (parameter.Secret)
        {
            Writer.WriteBoolean("secret", true);
        }

        if (parameter.Default is not null)
        {
            Writer.WriteStartObject("default");
            parameter.Default.WriteToManifest(context);
            Writer.WriteEndObject();
        }

        Writer.WriteEndObject();
        Writer.WriteEndObject();
        return Task.CompletedTask;
    }

    private Task WriteValue(IResourceWithConnectionString resource)
    {
        Writer.WriteString("type", "value.v0");
        WriteConnectionString(resource);
        return Task.CompletedTask;
    }

    private void WriteConnectionString(IResourceWithConnectionString resource)
    {
        NoteReferences(resource.ConnectionStringExpression);
        Writer.WriteString("connectionString", resource.ConnectionStringExpression.ValueExpression);
    }

    private async Task WriteArgumentsAsync(IResource resource)
    {
        var arguments = await EnvironmentResolver.CollectArgumentsAsync(resource, context.ExecutionContext, context.CancellationToken);
        if (arguments.Count == 0)
        {
            return;
        }

        Writer.WriteStartArray("args");
        foreach (var argument in arguments)
        {
            Writer.WriteStringValue(Expression(argument));
        }

        Writer.WriteEndArray();
    }

    private async Task WriteEnvironmentAsync(IResource resource)
    {
        var variables = await EnvironmentResolver.CollectVariablesAsync(resource, context.ExecutionContext, context.CancellationToken);
        if (variables.Count == 0)
        {
            return;
        }

        Writer.WriteStartObject("env");
        foreach (var (name, value) in variables)
        {
            Writer.WriteString(name, Expression(value));
        }

        Writer.WriteEndObject();
    }

    private void WriteBindings(IResource resource)
    {
        var endpoints = _ports.Resolve(resource);
        if (endpoints.Count == 0)
        {
            return;
        }

        Writer.WriteStartObject("bindings");
        foreach (var (endpoint, port, targetPort) in endpoints)
        {
            Writer.WriteStartObject(endpoint.Name);
            Writer.WriteString("scheme", endpoint.UriScheme);
#pragma warning disable CA1308 // Lower case is what the manifest has.
            Writer.WriteString("protocol", endpoint.Protocol.ToString().ToLowerInvariant());
#pragma warning restore CA1308
            Writer.WriteString("transport", endpoint.Transport);
            if (port is { } exposed && exposed != targetPort)
            {
                Writer.WriteNumber("port", exposed);
            }

            if (targetPort is { } target)
            {
                Writer.WriteNumber("targetPort", target);
            }

            if (endpoint.IsExternal)
            {
                Writer.WriteBoolean("external", true);
            }

            Writer.WriteEndObject();
        }

        Writer.WriteEndObject();
    }

    private void WriteMounts(ContainerResource container, string list, ContainerMountType type, string sourceKey)
    {
        var mounts = container.Annotations.OfType<ContainerMountAnnotation>().Where(m => m.Type == type).ToArray();
        if (mounts.Length == 0)
        {
            return;
        }

        Writer.WriteStartArray(list);
        foreach (var mount in mounts)
        {
            Writer.WriteStartObject();
            if (mount.Source is not null)
            {
                Writer.WriteString(sourceKey, type == ContainerMountType.BindMount ? context.GetManifestRelativePath(mount.Source) : mount.Source);
            }

            Writer.WriteString("target", mount.Target);
            Writer.WriteBoolean("readOnly", mount.IsReadOnly);
            Writer.WriteEndObject();
        }

        Writer.WriteEndArray();
    }

    private string Expression(object value)
    {
        NoteReferences(value);
        return value switch
        {
            string text => text,
            IManifestExpressionProvider provider => provider.ValueExpression,
            IResourceBuilder<IResource> { Resource: IManifestExpressionProvider provider } => provider.ValueExpression,
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
    }

    private void NoteReferences(object value)
    {
        if (value is IResource resource && !_referenced.TryAdd(resource.Name, resource))
        {
            return;
        }

        if (value is IValueWithReferences composed)
        {
            foreach (var part in composed.References)
            {
                NoteReferences(part);
            }
        }
    }
}
