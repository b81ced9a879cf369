namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource starts only when somebody asks for it.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;
