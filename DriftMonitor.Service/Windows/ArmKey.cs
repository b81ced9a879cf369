namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>What governed a client's rate.</summary>
/// <param name="Arm">model, holdout, canary, shadow or none; beside: a prediction made beside the governing model.</param>
/// <param name="ModelVersion">Whose; empty: no model.</param>
internal readonly record struct ArmKey(string Arm, string ModelVersion)
{
    /// <summary>The arm of predictions that govern nothing yet.</summary>
    public const string Beside = "beside";
}
