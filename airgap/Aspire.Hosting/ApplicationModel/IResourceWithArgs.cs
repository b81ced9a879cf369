namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource that gets command line arguments.</summary>
public interface IResourceWithArgs : IResource;
