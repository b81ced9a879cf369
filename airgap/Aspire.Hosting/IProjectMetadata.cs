using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Which project a resource is; the build generates one class for each project that AppHost references.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>The project file's full path.</summary>
    string ProjectPath { get; }

    /// <summary>Whether the project is already built when AppHost starts.</summary>
    bool SuppressBuild => false;
}
