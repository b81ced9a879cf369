using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts the program that a container would, where this machine has it, with the container's paths turned into this machine's.</summary>
internal sealed class ContainerLauncher(
    ContainerResource resource, DistributedApplicationModel model, DistributedApplicationExecutionContext execution, StandInOptions options) : IResourceLauncher
{
    private readonly LocalImage? _image =
        LocalImage.Find(resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var image) ? image.Image : null);

    /// <summary>Refuses what others wait for; a container that nobody needs is left out when its turn comes.</summary>
    public void Check()
    {
        if (_image?.Path is null && model.Resources.SelectMany(r => r.Annotations.OfType<WaitAnnotation>()).Any(wait => wait.Resource == resource))
        {
            throw Missing();
        }
    }

    public async Task<ProcessSpec> PrepareAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken)
    {
        var program = _image?.Path ?? throw Missing();
        var context = new ValueProviderContext { Caller = resource, ExecutionContext = execution, ReplicaPorts = ports };
        var arguments = await EnvironmentResolver.ResolveArgumentsAsync(resource, execution, context, cancellationToken);
        var folder = Directory.CreateDirectory(Path.Combine(options.DataDirectory, resource.Name));
        return new ProcessSpec
        {
            Command = program,
            Arguments = [.. arguments.Select(Outside), .. ports.Values.Take(1).SelectMany(_image.Arguments)],
            WorkingDirectory = folder.FullName,
            Environment = await EnvironmentResolver.ResolveVariablesAsync(resource, execution, context, cancellationToken),
        };
    }

    private DistributedApplicationException Missing() => new(_image is null
        ? $"Resource '{resource.Name}' is a container. The Aspire.Hosting stand-in runs none: it needs a container engine and the `full` package profile. Leave it out of run mode, or publish it only."
        : $"Resource '{resource.Name}' is a container, for which the Aspire.Hosting stand-in takes {_image.Programs[^1]} from PATH, and that is not there. Install it, or use a container engine and the `full` package profile.");

    // /etc/prometheus/rules of a mount at /etc/prometheus is SOURCE/rules; the innermost mount wins.
    private string Outside(string argument) => resource.Annotations.OfType<ContainerMountAnnotation>()
        .OrderByDescending(mount => mount.Target.Length)
        .Where(mount => argument.Contains(mount.Target, StringComparison.Ordinal))
        .Select(mount => argument.Replace(mount.Target, SourceOf(mount), StringComparison.Ordinal))
        .FirstOrDefault(argument);

    private string SourceOf(ContainerMountAnnotation mount) => mount.Type == ContainerMountType.BindMount
        ? mount.Source!
        : Directory.CreateDirectory(Path.Combine(options.DataDirectory, resource.Name, mount.Source ?? "volume")).FullName;
}
