namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value made of others, which the manifest must then contain.</summary>
public interface IValueWithReferences
{
    /// <summary>What the value is made of.</summary>
    IEnumerable<object> References { get; }
}
