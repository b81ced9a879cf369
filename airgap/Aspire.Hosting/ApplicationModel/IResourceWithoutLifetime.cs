namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource that is neither started nor stopped, such as a parameter; nothing waits for it.</summary>
public interface IResourceWithoutLifetime : IResource;
