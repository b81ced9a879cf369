using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The value of a parameter that nobody has set.</summary>
public abstract class ParameterDefault
{
    /// <summary>The value in run mode.</summary>
    public abstract string GetDefaultValue();

    /// <summary>Says in the manifest how to come by it.</summary>
    public abstract void WriteToManifest(ManifestPublishingContext context);
}
