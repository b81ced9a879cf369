namespace Aspire.Hosting.Eventing;

/// <summary>Something that happened.</summary>
public interface IDistributedApplicationEvent;
