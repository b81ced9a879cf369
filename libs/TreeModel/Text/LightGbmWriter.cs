using System.Globalization;
using System.Numerics;
using System.Text;

namespace RateLimitSuite.TreeModel.Text;

/// <summary>Writes LightGBM's text format so that native LightGBM reads it back.</summary>
internal static class LightGbmWriter
{
    // As native LightGBM prints them: 17 digits round-trip, 6 are for people.
    private const string Exact = "g17";
    private const string Short = "g6";

    /// <summary>Writes a whole model.</summary>
    public static string Write(TreeEnsemble ensemble)
    {
        var blocks = new string[ensemble.TreeCount];
        for (var tree = 0; tree < blocks.Length; tree++)
        {
            blocks[tree] = WriteTree(ensemble.Trees[tree], tree);
        }

        var text = new StringBuilder("tree\n");
        foreach (var line in ensemble.Header.Lines)
        {
            text.Append(line).Append('\n');
        }

        AppendList(text, "tree_sizes", blocks.Select(Encoding.UTF8.GetByteCount).ToArray(), "d");
        text.Append('\n').AppendJoin("", blocks).Append("end of trees\n").Append(ensemble.Trailer);
        return text.ToString();
    }

    private static string WriteTree(Tree tree, int index)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Tree={index}\nnum_leaves={tree.LeafCount}\nnum_cat={Math.Max(0, tree.CategoryBoundaries.Length - 1)}\n");
        AppendList(text, "split_feature", tree.SplitFeature, "d");
        AppendOptional(text, "split_gain", tree.SplitGain, Short, tree.SplitCount);
        AppendList(text, "threshold", tree.Threshold, Exact);
        AppendList(text, "decision_type", tree.DecisionType, "d");
        AppendList(text, "left_child", tree.LeftChild, "d");
        AppendList(text, "right_child", tree.RightChild, "d");
        AppendList(text, "leaf_value", tree.LeafValue, Exact);
        AppendOptional(text, "leaf_weight", tree.LeafWeight, Exact, tree.LeafCount);
        AppendOptional(text, "leaf_count", tree.LeafCover, "d", tree.LeafCount);
        AppendOptional(text, "internal_value", tree.InternalValue, Short, tree.SplitCount);
        AppendOptional(text, "internal_weight", tree.InternalWeight, Short, tree.SplitCount);
        AppendOptional(text, "internal_count", tree.InternalCover, "d", tree.SplitCount);
        if (tree.CategoryBoundaries.Length > 0)
        {
            AppendList(text, "cat_boundaries", tree.CategoryBoundaries, "d");
            AppendList(text, "cat_threshold", tree.CategoryBits, "d");
        }

        text.Append("is_linear=0\nshrinkage=").Append(tree.Shrinkage.ToString(Short, CultureInfo.InvariantCulture));
        return text.Append("\n\n\n").ToString();
    }

    private static void AppendOptional<T>(StringBuilder text, string key, T[] numbers, string format, int count)
        where T : INumber<T>
    {
        if (numbers.Length == count)
        {
            AppendList(text, key, numbers, format);
        }
    }

    private static string Format<T>(T number, string format)
        where T : INumber<T>
    {
        if (T.IsInfinity(number))
        {
            return T.IsNegative(number) ? "-inf" : "inf";
        }

        return number.ToString(format, CultureInfo.InvariantCulture);
    }

    private static void AppendList<T>(StringBuilder text, string key, T[] numbers, string format)
        where T : INumber<T>
    {
        text.Append(key).Append('=');
        for (var i = 0; i < numbers.Length; i++)
        {
            text.Append(i == 0 ? "" : " ").Append(Format(numbers[i], format));
        }

        text.Append('\n');
    }
}
