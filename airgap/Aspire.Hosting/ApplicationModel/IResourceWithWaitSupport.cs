namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource whose start can be held back until another one is ready.</summary>
public interface IResourceWithWaitSupport : IResource;
