namespace Aspire.Hosting.ApplicationModel;

/// <summary>One part of the application: a service, a server, a database, a parameter.</summary>
public interface IResource
{
    /// <summary>1 to 64 ASCII letters, digits and hyphens; unique in the application, ignoring case.</summary>
    string Name { get; }

    /// <summary>All that was said of the resource: endpoints, environment, what it waits for.</summary>
    ResourceAnnotationCollection Annotations { get; }
}
