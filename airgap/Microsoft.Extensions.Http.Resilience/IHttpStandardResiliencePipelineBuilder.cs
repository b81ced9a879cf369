using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Configures a client's standard handler.</summary>
public interface IHttpStandardResiliencePipelineBuilder
{
    /// <summary>Name of the pipeline and of its options.</summary>
    string PipelineName { get; }

    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }
}
