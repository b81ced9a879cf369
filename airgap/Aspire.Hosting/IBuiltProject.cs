using System.ComponentModel;

namespace Aspire.Hosting;

/// <summary>Where the build put a project's assembly. The stand-in's own: it starts the assembly, not the project.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IBuiltProject
{
    /// <summary>The assembly's full path.</summary>
    string AssemblyPath { get; }
}
