using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Describes an application of several processes.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>AppHost's configuration: files, user secrets, environment, command line.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>AppHost's assembly.</summary>
    Assembly? AppHostAssembly { get; }

    /// <summary>AppHost's project folder; relative paths start there.</summary>
    string AppHostDirectory { get; }

    /// <summary>Development or production.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>AppHost's own services.</summary>
    IServiceCollection Services { get; }

    /// <summary>What happens to resources, for those who want to know.</summary>
    IDistributedApplicationEventing Eventing { get; }

    /// <summary>Run or publish.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>All resources so far.</summary>
    IResourceCollection Resources { get; }

    /// <summary>Adds a resource.</summary>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>A builder for a resource that is not, or already, added.</summary>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    /// <summary>Ends the description.</summary>
    DistributedApplication Build();
}
