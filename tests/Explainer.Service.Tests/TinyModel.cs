using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Explainer.Models;

namespace RateLimitSuite.Explainer.Tests;

/// <summary>A model of two splits, small enough to explain by hand: client_risk at 0.5, then ip_reputation at 0.5.</summary>
/// <remarks>Counts 4 rows: risk ≤ 0.5 (2 rows) gives 100; else ip_reputation ≤ 0.5 gives 20, else 60. Base = (2·100 + 20 + 60) / 4 = 70.</remarks>
internal static class TinyModel
{
    public const double BaseValue = 70;

    private static readonly string Tree = string.Join('\n',
        "Tree=0", "num_leaves=3", "num_cat=0", "split_feature=2 5", "split_gain=1 1", "threshold=0.5 0.5", "decision_type=2 2",
        "left_child=-1 -2", "right_child=1 -3", "leaf_value=100 20 60", "leaf_weight=2 1 1", "leaf_count=2 1 1",
        "internal_value=70 40", "internal_weight=4 2", "internal_count=4 2", "is_linear=0", "shrinkage=1", "", "", "");

    public static byte[] Text { get; } = Encoding.UTF8.GetBytes(string.Join('\n',
        "tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0", "max_feature_idx=5", "objective=regression",
        $"feature_names={string.Join(' ', FeatureSchema.V1.Names)}",
        "feature_infos=[0:1] [0:1] [0:1] [0:23] [0:1] [0:1]", $"tree_sizes={Tree.Length}", "", Tree + "end of trees",
        "", "feature_importances:", "", "parameters:", "end of parameters", ""));

    /// <summary>A registry that holds this model as version <c>m1</c> and counts how often it is asked.</summary>
    internal sealed class Source : IModelSource
    {
        public int Asked { get; private set; }

        public Task<byte[]> GetTextAsync(string version, CancellationToken cancellation)
        {
            Asked++;
            return version == "m1" ? Task.FromResult(Text) : throw new ModelUnavailableException($"The registry holds no model '{version}'.");
        }
    }
}
