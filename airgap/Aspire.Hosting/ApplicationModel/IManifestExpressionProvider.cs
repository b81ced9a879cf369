namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that the manifest refers to by an expression.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The expression, as <c>{broker.connectionString}</c>.</summary>
    string ValueExpression { get; }
}
