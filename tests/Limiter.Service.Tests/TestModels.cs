using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Tests;

/// <summary>Models of one tree with one split, so that a test knows every prediction by heart.</summary>
internal static class TestModels
{
    /// <summary>Predicts <paramref name="low"/> where the feature is at most <paramref name="threshold"/>, else <paramref name="high"/>.</summary>
    public static byte[] Text(double low, double high, int feature = FeatureSchema.ClientRisk, double threshold = 0.5, FeatureSchema? schema = null) =>
        Text([Tree(0, low, high, feature, threshold)], schema ?? FeatureSchema.V1);

    /// <summary>A model of such trees, whose predictions are summed.</summary>
    public static byte[] Text(IEnumerable<string> trees, FeatureSchema schema) => Encoding.UTF8.GetBytes(
        $"""
         tree
         version=v4
         num_class=1
         num_tree_per_iteration=1
         label_index=0
         max_feature_idx={schema.Count - 1}
         objective=regression
         feature_names={string.Join(' ', schema.Names)}
         feature_infos={string.Join(' ', schema.Names.Select(_ => "[0:1]"))}

         {string.Concat(trees)}end of trees

         parameters:
         end of parameters

         """);

    /// <summary>A tree of one split.</summary>
    public static string Tree(int number, double low, double high, int feature, double threshold) => string.Create(CultureInfo.InvariantCulture,
        $"""
         Tree={number}
         num_leaves=2
         num_cat=0
         split_feature={feature}
         split_gain=1
         threshold={threshold:R}
         decision_type=2
         left_child=-1
         right_child=-2
         leaf_value={low:R} {high:R}
         leaf_weight=10 10
         leaf_count=10 10
         internal_value=0
         internal_weight=20
         internal_count=20
         is_linear=0
         shrinkage=1



         """);

    public static LoadedModel Step(
        double low, double high, string version = "m1", int feature = FeatureSchema.ClientRisk, double threshold = 0.5, FeatureSchema? schema = null)
    {
        var text = Text(low, high, feature, threshold, schema);
        return ModelCompiler.Compile(version, Sha256(text), text, schema ?? FeatureSchema.V1);
    }

    public static LoadedModel Constant(double rate, string version = "m1") => Step(rate, rate, version);

    public static ServedModel Served(string version, byte[] text) => new(version, Sha256(text), FeatureSchema.V1.Hash);

    public static string Sha256(byte[] text) => Convert.ToHexStringLower(SHA256.HashData(text));
}
