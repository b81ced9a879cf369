namespace Aspire.Hosting.ApplicationModel;

/// <summary>The published project does not trust forwarded headers.</summary>
public sealed class DisableForwardedHeadersAnnotation : IResourceAnnotation;
