namespace Aspire.Hosting.ApplicationModel;

/// <summary>Changes the link of one endpoint, once its address is known.</summary>
internal sealed class ResourceUrlCallbackAnnotation(string endpointName, Action<ResourceUrlAnnotation> callback) : IResourceAnnotation
{
    public string EndpointName { get; } = endpointName;

    public Action<ResourceUrlAnnotation> Callback { get; } = callback;
}
