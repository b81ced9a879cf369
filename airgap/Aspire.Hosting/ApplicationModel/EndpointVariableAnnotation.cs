namespace Aspire.Hosting.ApplicationModel;

/// <summary>The endpoint's port has a variable of its own, so it is left out of those that list ports.</summary>
internal sealed class EndpointVariableAnnotation(EndpointAnnotation endpoint) : IResourceAnnotation
{
    public EndpointAnnotation Endpoint { get; } = endpoint;
}
