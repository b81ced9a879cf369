namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value given from outside: by configuration, by the user's secrets, or made up and kept.</summary>
public class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
    : Resource(name), IExpressionValue, IResourceWithoutLifetime
{
    private string? _value;

    /// <summary>The value if nobody has set one.</summary>
    public ParameterDefault? Default { get; set; }

    /// <summary>Whether the value is hidden in manifests and logs.</summary>
    public bool Secret { get; } = secret;

    /// <summary>Whether the value is a connection string.</summary>
    public bool IsConnectionString { get; set; }

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Name}.value}}";

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(_value ??= callback(Default));
}
