namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where a mount's content lies.</summary>
public enum ContainerMountType
{
    /// <summary>A folder of this machine.</summary>
    BindMount = 0,

    /// <summary>A named volume.</summary>
    Volume = 1,
}
