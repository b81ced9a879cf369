using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RateLimitSuite.TreeModel.Intervals;

/// <summary>Counts the cuts below a value: a static search tree of 16 cuts a node, each node compared at once.</summary>
/// <remarks>
/// 272 cuts need two nodes instead of nine steps that each wait for the one before. Levels lie one after the other; a node's pivots
/// are the last cuts of its first 16 children, missing ones are +∞, which no value exceeds.
/// </remarks>
internal static class CutTree
{
    /// <summary>Cuts a node.</summary>
    public const int Width = 16;

    /// <summary>Children of a node that is not at the lowest level.</summary>
    public const int Children = Width + 1;

    /// <summary>Lays out the tree over ascending cuts.</summary>
    /// <param name="cuts">The cuts.</param>
    /// <param name="levelStarts">Receives where each level begins, the root first.</param>
    public static double[] Build(ReadOnlySpan<double> cuts, out int[] levelStarts)
    {
        var nodes = new List<int> { Math.Max(1, (cuts.Length + Width - 1) / Width) };
        while (nodes[0] > 1)
        {
            nodes.Insert(0, (nodes[0] + Children - 1) / Children);
        }

        levelStarts = new int[nodes.Count];
        for (var level = 1; level < levelStarts.Length; level++)
        {
            levelStarts[level] = levelStarts[level - 1] + (nodes[level - 1] * Width);
        }

        var tree = new double[levelStarts[^1] + (nodes[^1] * Width)];
        tree.AsSpan().Fill(double.PositiveInfinity);
        cuts.CopyTo(tree.AsSpan(levelStarts[^1]));
        long span = Width;   // cuts below one child of the level
        for (var level = levelStarts.Length - 2; level >= 0; level--)
        {
            for (var pivot = 0; pivot < nodes[level] * Width; pivot++)
            {
                // The very last child gets no pivot: nothing lies beyond it.
                var child = (pivot / Width * Children) + (pivot % Width);
                var last = ((child + 1) * span) - 1;
                tree[levelStarts[level] + pivot] = last < cuts.Length - 1 ? cuts[(int)last] : double.PositiveInfinity;
            }

            span *= Children;
        }

        return tree;
    }

    /// <summary>Number of cuts of one node below a value; 0 for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountInNode(ref double cuts, double value)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var x = Vector512.Create(value);
            var low = Vector512.LessThan(Vector512.LoadUnsafe(ref cuts), x).ExtractMostSignificantBits();
            var high = Vector512.LessThan(Vector512.LoadUnsafe(ref cuts, 8), x).ExtractMostSignificantBits();
            return BitOperations.PopCount(low | (high << 8));
        }

        return CountInNodePortably(ref cuts, value);
    }

    /// <summary>The same without wide vectors.</summary>
    public static int CountInNodePortably(ref double cuts, double value)
    {
        var below = Vector128<long>.Zero;
        var x = Vector128.Create(value);
        for (nuint i = 0; i < Width; i += 2)
        {
            below -= Vector128.LessThan(Vector128.LoadUnsafe(ref cuts, i), x).AsInt64();
        }

        return (int)Vector128.Sum(below);
    }
}
