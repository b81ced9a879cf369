using RateLimitSuite.Contracts;

namespace RateLimitSuite.Trainer.Extraction;

/// <summary>Labelled rows of <c>claw_metrics</c> as columns, oldest first.</summary>
/// <remarks>Columns, as extraction, training and gates each walk a few of them over all rows. Lists grow by doubling, so reading
/// needs at most twice the memory of what is kept. Client, policy and backend are numbers into their name lists.</remarks>
internal sealed class MetricsRows(FeatureSchema schema)
{
    private readonly Dictionary<string, long> _unlabelledByPolicy = [];

    /// <summary>What the feature columns mean.</summary>
    public FeatureSchema Schema { get; } = schema;

    /// <summary>One list a feature, in schema order, float-exact.</summary>
    public IReadOnlyList<List<double>> Features { get; } = [.. schema.Features.Select(_ => new List<double>())];

    /// <summary>Start of the row's window, UTC ticks.</summary>
    public List<long> Timestamp { get; } = [];

    /// <summary>y, tokens/s.</summary>
    public List<double> Label { get; } = [];

    /// <summary>Lower end of the label, tokens/s.</summary>
    public List<double> Low { get; } = [];

    /// <summary>Upper end of the label, tokens/s; may be ∞.</summary>
    public List<double> High { get; } = [];

    /// <summary>Label quality, 0..1.</summary>
    public List<double> Quality { get; } = [];

    /// <summary>Whether the backend was limited or congested: such windows teach more.</summary>
    public List<bool> Limited { get; } = [];

    /// <summary>Probability of the treatment; 0: not randomised.</summary>
    public List<double> Propensity { get; } = [];

    /// <summary>What the model then in use predicted, tokens/s; NaN: none.</summary>
    public List<double> Prediction { get; } = [];

    /// <summary>Refill rate then in force, tokens/s.</summary>
    public List<double> RefillRate { get; } = [];

    /// <summary>Decisions of the window.</summary>
    public List<double> Decisions { get; } = [];

    /// <summary>Of them, wrongly throttled.</summary>
    public List<double> WronglyThrottled { get; } = [];

    /// <summary>Number of the client in <see cref="Clients"/>.</summary>
    public List<int> Client { get; } = [];

    /// <summary>Number of the policy in <see cref="Policies"/>.</summary>
    public List<int> Policy { get; } = [];

    /// <summary>Client names.</summary>
    public NameList Clients { get; } = new();

    /// <summary>Policy names.</summary>
    public NameList Policies { get; } = new();

    /// <summary>Rows without a label, left out.</summary>
    public long Unlabelled => _unlabelledByPolicy.Values.Sum();

    /// <summary>Of these, rows of policies without a single label: nobody reports their outcomes, so they have none to lack.</summary>
    public long Unobserved => _unlabelledByPolicy.Where(policy => !Policies.Contains(policy.Key)).Sum(policy => policy.Value);

    /// <summary>Rows of another feature schema, left out.</summary>
    public long OtherSchema { get; set; }

    /// <summary>Rows with a feature missing, left out.</summary>
    public long Missing { get; set; }

    /// <summary>Rows with a value outside its range, left out.</summary>
    public long OutOfRange { get; set; }

    /// <summary>The first fault found, in words; empty: none.</summary>
    public string FirstFault { get; set; } = "";

    /// <summary>Rows kept.</summary>
    public int Count => Timestamp.Count;

    /// <summary>Rows seen, whatever became of them.</summary>
    public long Seen => Count + Unlabelled + OtherSchema + Missing + OutOfRange;

    /// <summary>Time between the first and the last window.</summary>
    public TimeSpan Span => Count == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Timestamp[^1] - Timestamp[0]);

    /// <summary>Copies one feature vector.</summary>
    /// <param name="row">0 ≤ row &lt; <see cref="Count"/>.</param>
    /// <param name="features">Receives F values.</param>
    public void CopyFeatures(int row, Span<double> features)
    {
        for (var feature = 0; feature < features.Length; feature++)
        {
            features[feature] = Features[feature][row];
        }
    }

    /// <summary>Counts a row without a label.</summary>
    public void AddUnlabelled(string policy) => _unlabelledByPolicy[policy] = _unlabelledByPolicy.GetValueOrDefault(policy) + 1;
}
