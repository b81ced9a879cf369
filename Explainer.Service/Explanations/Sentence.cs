using System.Globalization;
using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>An explanation in plain words: first what decided, and features only where they had a part in it.</summary>
/// <remarks>Deterministic. The model sets a refill rate; only a decision by the client's own bucket follows from it. A list, an
/// override, the backend's parent bucket or its in-flight cap decided without it, and so does a bucket whose client no model governs: then no
/// feature is blamed.</remarks>
internal static class Sentence
{
    private const int FeaturesNamed = 2;

    // A share of the prediction under which a feature's part is not worth a word.
    private const double WorthNaming = 0.02;

    public static string For(ExplainedDecision decision, FeatureSchema schema)
    {
        var text = new StringBuilder(decision.Allowed ? "allowed" : "throttled").Append(": ").Append(What(decision));
        if (decision.DecidedBy == DecidedBy.Bucket && decision.Reason is not (DecisionReason.CostExceedsCapacity or DecisionReason.ClientTableFull))
        {
            if (decision.Arm is not (Arm.None or Arm.Shadow or Arm.Holdout))
            {
                AppendFeatures(text, decision, schema);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"; {Watcher(decision.Arm)} would have given {Rate(decision.Prediction)}");
            }
        }

        return text.Append('.').ToString();
    }

    private static string What(ExplainedDecision decision) => decision.Reason switch
    {
        DecisionReason.WithinLimit => $"the client's bucket had enough tokens at {Rate(decision.RefillRate)}",
        DecisionReason.BucketEmpty => $"the client's bucket was empty, refilled at {Rate(decision.RefillRate)}",
        DecisionReason.CostExceedsCapacity => "the request costs more tokens than the bucket can hold",
        DecisionReason.ParentEmpty => $"backend {decision.Backend} had no tokens left for any client",
        DecisionReason.InflightCap => $"backend {decision.Backend} had too many requests in flight",
        DecisionReason.AllowListed => $"the client is on the allow list of policy {decision.Policy}",
        DecisionReason.DenyListed => $"the client is on the deny list of policy {decision.Policy}",
        DecisionReason.OverrideLimit => $"an operator's override limits the client to {Rate(decision.RefillRate)}",
        DecisionReason.OverrideDenied => "an operator's override denies the client",
        DecisionReason.Probe => "it would have been throttled, and was let through as a probe",
        DecisionReason.ClientTableFull => "the client table is full, so the strict default applied",
        DecisionReason.LookOnly => "a look at the bucket, which took nothing",
        DecisionReason.ShadowPolicy => $"policy {decision.Policy} watches and does not enforce",
        DecisionReason.FailOpen => "the limit could not be checked, and the policy lets such requests through",
        DecisionReason.FailClosed => "the limit could not be checked, and the policy stops such requests",
        _ => $"decided by the {decision.DecidedBy.Word()}",
    };

    private static string Watcher(Arm arm) => arm switch
    {
        Arm.Holdout => "the model, which clients held out are not governed by,",
        Arm.None => "the first model, which is only watched so far,",
        _ => "the model, which is only watched,",
    };

    private static void AppendFeatures(StringBuilder text, ExplainedDecision decision, FeatureSchema schema)
    {
        var worth = WorthNaming * Math.Max(1, Math.Abs(decision.Prediction));
        var named = Enumerable.Range(0, decision.Shap.Length)
            .Where(i => Math.Abs(decision.Shap[i]) >= worth)
            .OrderByDescending(i => Math.Abs(decision.Shap[i])).ThenBy(i => i)
            .Take(FeaturesNamed).ToArray();
        text.Append(CultureInfo.InvariantCulture, $"; the model gave {Rate(decision.Prediction)} where {Rate(decision.BaseValue)} is usual");
        var separator = ": ";
        foreach (var i in named)
        {
            var effect = decision.Shap[i] < 0 ? "took {0} off" : "added {0} to";
            text.Append(separator)
                .Append(CultureInfo.InvariantCulture, $"{schema.Names[i]} {decision.Features[i]:0.####} ")
                .AppendFormat(CultureInfo.InvariantCulture, effect, Rate(Math.Abs(decision.Shap[i]))).Append(" the refill rate");
            separator = ", ";
        }

        if (named.Length == 0)
        {
            text.Append(", and no feature stood out");
        }
    }

    private static string Rate(double tokensPerSecond) => string.Create(CultureInfo.InvariantCulture, $"{tokensPerSecond:0.0} tokens/s");
}
