using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>Knows how one kind of resource is started on this machine.</summary>
internal interface IResourceLauncher
{
    /// <summary>Checks, before anything starts, that it can be started.</summary>
    /// <exception cref="DistributedApplicationException">It cannot; the message says what to do.</exception>
    void Check();

    /// <summary>Makes ready what the program needs, and says how to start it.</summary>
    /// <param name="ports">The ports that this replica binds.</param>
    /// <param name="cancellationToken">Ends with the run.</param>
    Task<ProcessSpec> PrepareAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken);

    /// <summary>What is to be done once the program is up and before anybody else uses it.</summary>
    Task OnReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
