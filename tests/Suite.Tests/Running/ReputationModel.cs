using System.Globalization;
using System.Text;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Suite.Tests.Running;

/// <summary>A model of one split, whose predictions can be told beforehand: an address of bad repute gets 4 tokens/s, every other 24.</summary>
/// <remarks>Made traffic has no address under 0.3, so to it the model is a constant.</remarks>
internal static class ReputationModel
{
    /// <summary>tokens/s where ip_reputation is at most 0.2.</summary>
    public const double Bad = 4;

    /// <summary>tokens/s where it is over that.</summary>
    public const double Good = 24;

    private static readonly string Tree = string.Join('\n',
        "Tree=0", "num_leaves=2", "num_cat=0", $"split_feature={FeatureSchema.IpReputation}", "split_gain=1", "threshold=0.2", "decision_type=2",
        "left_child=-1", "right_child=-2", string.Create(CultureInfo.InvariantCulture, $"leaf_value={Bad} {Good}"), "leaf_weight=100 900", "leaf_count=100 900",
        "internal_value=22", "internal_weight=1000", "internal_count=1000", "is_linear=0", "shrinkage=1", "", "", "");

    /// <summary>It as LightGBM's text.</summary>
    public static byte[] Text { get; } = Encoding.UTF8.GetBytes(string.Join('\n',
        "tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0", "max_feature_idx=5", "objective=regression",
        $"feature_names={string.Join(' ', FeatureSchema.V1.Names)}",
        "feature_infos=[0:1] [0:1] [0:1] [0:23] [0:1] [0:1]", $"tree_sizes={Tree.Length}", "", Tree + "end of trees",
        "", "feature_importances:", "", "parameters:", "end of parameters", ""));
}
