namespace Aspire.Hosting.ApplicationModel;

/// <summary>One resource's use of another's connection string.</summary>
public class ConnectionStringReference(IResourceWithConnectionString resource, bool optional) : IExpressionValue, IValueWithReferences
{
    /// <summary>The resource referred to.</summary>
    public IResourceWithConnectionString Resource { get; } = resource;

    /// <summary>Whether a missing connection string is left out instead of stopping the start.</summary>
    public bool Optional { get; } = optional;

    string IManifestExpressionProvider.ValueExpression => Resource.ValueExpression;

    IEnumerable<object> IValueWithReferences.References => [Resource];

    async ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken)
    {
        var value = await Resource.GetConnectionStringAsync(cancellationToken);
        if (string.IsNullOrEmpty(value) && !Optional)
        {
            throw new DistributedApplicationException($"The connection string of resource '{Resource.Name}' is not known.");
        }

        return value;
    }
}
