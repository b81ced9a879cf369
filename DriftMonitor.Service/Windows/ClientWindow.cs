using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>What one client did in one window of one backend.</summary>
internal sealed class ClientWindow(string clientId)
{
    private ulong _sampleHash = ulong.MaxValue;

    /// <summary>Who.</summary>
    public string ClientId { get; } = clientId;

    /// <summary>Decisions.</summary>
    public long Decisions { get; set; }

    /// <summary>Throttled ones.</summary>
    public long Denied { get; set; }

    /// <summary>Tokens of first tries: a retry asks for what was asked for already.</summary>
    public double FirstTryCost { get; set; }

    /// <summary>Tokens admitted.</summary>
    public double AdmittedCost { get; set; }

    /// <summary>Probe admissions.</summary>
    public long Probes { get; set; }

    /// <summary>Probe admissions that the backend served within its latency objective.</summary>
    public long ProbesOk { get; set; }

    /// <summary>The decision that stands for the window: the one whose request id hashes lowest, so a replay draws the same.</summary>
    public Decision Sample { get; private set; } = null!;

    /// <summary>Hash of the feature schema of <see cref="Sample"/>.</summary>
    public string SchemaHash { get; private set; } = "";

    /// <summary>Weight in the split: tier, less what risk takes.</summary>
    public double Weight => WeightOf(Sample);

    /// <summary>The client's part in the window, for the split.</summary>
    public ClientLoad Load => new(Math.Max(FirstTryCost, AdmittedCost), AdmittedCost, Weight);

    /// <summary>Takes in one decision.</summary>
    public void Add(Decision decision, string schemaHash)
    {
        Decisions++;
        FirstTryCost += decision.Attempt == 0 ? decision.Cost : 0;
        if (decision.Allowed)
        {
            AdmittedCost += decision.Cost;
            Probes += decision.Probe ? 1 : 0;
        }
        else
        {
            Denied++;
        }

        Offer(decision, schemaHash);
    }

    /// <summary>Proposes a decision as the sample.</summary>
    public void Offer(Decision decision, string schemaHash)
    {
        var hash = StableHash.Of(decision.RequestId, decision.DecidedAtUs);
        if (Sample is null || hash < _sampleHash)
        {
            _sampleHash = hash;
            Sample = decision;
            SchemaHash = schemaHash;
        }
    }

    /// <summary>A decision's weight in the split.</summary>
    public static double WeightOf(Decision decision)
    {
        var tier = decision.Weight > 0 ? decision.Weight : 1;
        return SplitWeight.Of(tier, decision.Features.Count > FeatureSchema.ClientRisk ? decision.Features[FeatureSchema.ClientRisk] : 0);
    }
}
