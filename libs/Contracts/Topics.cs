namespace RateLimitSuite.Contracts;

/// <summary>The Kafka topics. Each has four partitions; records are at most 900 kB.</summary>
public static class Topics
{
    /// <summary><see cref="V1.DecisionBatch"/>, keyed by backend, or by policy where none.</summary>
    public const string Decisions = "decisions";

    /// <summary><see cref="V1.OutcomeBatch"/>, keyed like <see cref="Decisions"/>, so that one consumer sees both.</summary>
    public const string Outcomes = "outcomes";

    /// <summary><see cref="Events.ShapValues"/> as JSON, keyed by client.</summary>
    public const string ShapValues = "shap-values";

    /// <summary><see cref="Events.ModelEvent"/> as JSON under <see cref="ConstantKey"/>. A hint: the registry is the truth.</summary>
    public const string ModelEvents = "model-events";

    /// <summary><see cref="Events.DriftAlert"/> as JSON under <see cref="ConstantKey"/>.</summary>
    public const string DriftAlerts = "drift-alerts";

    /// <summary>One UUID that names the log's life: stored offsets count only with the identity they were read under.</summary>
    public const string LogIdentity = "log-identity";

    /// <summary>The key of topics whose order matters as a whole.</summary>
    public const string ConstantKey = "suite";
}
