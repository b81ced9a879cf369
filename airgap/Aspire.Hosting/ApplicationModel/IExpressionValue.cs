namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value when run, an expression when published.</summary>
public interface IExpressionValue : IValueProvider, IManifestExpressionProvider;
