namespace Aspire.Hosting.ApplicationModel;

/// <summary>What happens to an annotation of a type that the resource already has.</summary>
public enum ResourceAnnotationMutationBehavior
{
    /// <summary>Both are kept.</summary>
    Append = 0,

    /// <summary>The new one takes the place of the old ones.</summary>
    Replace = 1,
}
