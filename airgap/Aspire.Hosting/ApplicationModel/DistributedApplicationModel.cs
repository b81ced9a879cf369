namespace Aspire.Hosting.ApplicationModel;

/// <summary>The whole application as described: what is run or published.</summary>
public class DistributedApplicationModel(IResourceCollection resources)
{
    /// <summary>All resources, in the order in which they were added.</summary>
    public IResourceCollection Resources { get; } = resources;
}
