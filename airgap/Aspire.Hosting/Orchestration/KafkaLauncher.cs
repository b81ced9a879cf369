using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts the embedded broker.</summary>
/// <param name="resource">The broker's resource.</param>
/// <param name="program">The broker's assembly or program; null where AppHost's build noted none.</param>
internal sealed class KafkaLauncher(KafkaServerResource resource, string? program) : IResourceLauncher
{
    public void Check()
    {
        if (!File.Exists(program))
        {
            throw new DistributedApplicationException(
                $"The embedded broker of '{resource.Name}'{(program is null ? "" : $", {program},")} is missing. Build airgap/Broker, set StandIn:Broker, or set ConnectionStrings:{resource.Name} to a Kafka of your own.");
        }
    }

    public Task<ProcessSpec> PrepareAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken)
    {
        var port = ports[resource.PrimaryEndpoint.EndpointAnnotation].ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["--port", port];
        var isAssembly = program!.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        return Task.FromResult(new ProcessSpec
        {
            Command = isAssembly ? DotnetHost.Path : program,
            Arguments = isAssembly ? ["exec", program, .. arguments] : arguments,
            WorkingDirectory = Path.GetDirectoryName(program)!,
            ReadyText = "ready on",
        });
    }
}
