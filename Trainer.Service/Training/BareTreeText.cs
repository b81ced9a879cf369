using System.Globalization;
using System.Text;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Writes bare trees as LightGBM text and fills in their counts by routing the training rows.</summary>
internal static class BareTreeText
{
    // Bit 1: missing values go left. Features are never missing here; this is what LightGBM itself writes then.
    private const string Decision = "2";

    /// <summary>The model's text.</summary>
    public static string Write(IReadOnlyList<BareTree> trees, TrainingJob job)
    {
        var text = new StringBuilder("tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n");
        text.Append(CultureInfo.InvariantCulture, $"max_feature_idx={job.Schema.Count - 1}\nobjective=regression\n");
        text.Append(CultureInfo.InvariantCulture, $"feature_names={string.Join(' ', job.Schema.Names)}\nfeature_infos={Ranges(job)}\n\n");
        for (var tree = 0; tree < trees.Count; tree++)
        {
            Append(text, tree, trees[tree], job);
        }

        text.Append("end of trees\n\nfeature_importances:\n\nparameters:\n").Append(Parameters(job.Parameters)).Append("end of parameters\n\npandas_categorical:null\n");

        // Read and written once: the form that reading and writing keeps.
        return TreeEnsemble.Parse(text.ToString()).ToLightGbmText();
    }

    // ML.NET refuses to import a text without categorical_feature here, empty or not, or without gains in its trees.
    private static string Parameters(TrainingParameters parameters) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
         [boosting: gbdt]
         [objective: regression]
         [num_iterations: {parameters.Iterations}]
         [learning_rate: {parameters.LearningRate}]
         [num_leaves: {parameters.LeavesMaximum}]
         [max_depth: {parameters.DepthMaximum}]
         [min_data_in_leaf: {parameters.LeafRowsMinimum}]
         [seed: {parameters.Seed}]
         [num_threads: {parameters.Threads}]
         [categorical_feature: ]

         """);

    private static void Append(StringBuilder text, int number, BareTree tree, TrainingJob job)
    {
        var (leaves, splits) = Count(tree, job);
        text.Append(CultureInfo.InvariantCulture, $"Tree={number}\nnum_leaves={tree.LeafValues.Count}\nnum_cat=0\n");
        Line(text, "split_feature", tree.SplitFeatures);
        Line(text, "split_gain", tree.SplitGains.Select(Exact));
        Line(text, "threshold", tree.Thresholds.Select(Exact));
        Line(text, "decision_type", tree.SplitFeatures.Select(_ => Decision));
        Line(text, "left_child", tree.LeftChildren);
        Line(text, "right_child", tree.RightChildren);
        Line(text, "leaf_value", tree.LeafValues.Select(Exact));
        Line(text, "leaf_count", leaves);
        Line(text, "internal_count", splits);
        text.Append("is_linear=0\nshrinkage=1\n\n\n");
    }

    private static (long[] Leaves, long[] Splits) Count(BareTree tree, TrainingJob job)
    {
        var (leaves, splits) = (new long[tree.LeafValues.Count], new long[tree.SplitFeatures.Count]);
        for (var row = 0; row < job.Rows; row++)
        {
            var node = splits.Length > 0 ? 0 : -1;
            while (node >= 0)
            {
                splits[node]++;
                var goesLeft = job.Columns[tree.SplitFeatures[node] * job.Rows + row] <= tree.Thresholds[node];
                node = goesLeft ? tree.LeftChildren[node] : tree.RightChildren[node];
            }

            leaves[~node]++;
        }

        return (leaves, splits);
    }

    private static string Ranges(TrainingJob job) => string.Join(' ', Enumerable.Range(0, job.Schema.Count).Select(feature =>
    {
        var column = job.Columns.AsSpan(feature * job.Rows, job.Rows).ToArray();
        return $"[{Exact(column.Min())}:{Exact(column.Max())}]";
    }));

    private static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Line<T>(StringBuilder text, string key, IEnumerable<T> values) =>
        text.Append(key).Append('=').AppendJoin(' ', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))).Append('\n');
}
