using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RateLimitSuite.TreeModel.Intervals;

/// <summary>Counts the cuts below a value: a static search tree of 16 cuts a node, each node compared at once.</summary>
/// <remarks>
/// 272 cuts need two nodes instead of nine steps that each wait for the one before. Levels lie one after the other; a node's pivots
/// are the last cuts of its first 16 children, missing ones are +∞, which no value exceeds.
/// </remarks>
internal sealed class CutTree
{
    private const int Width = 16;
    private const int Children = Width + 1;

    private readonly double[] _cuts;
    private readonly int[] _levels;

    /// <summary>Builds the tree over ascending cuts.</summary>
    public CutTree(ReadOnlySpan<double> cuts)
    {
        var nodes = new List<int> { Math.Max(1, (cuts.Length + Width - 1) / Width) };
        while (nodes[0] > 1)
        {
            nodes.Insert(0, (nodes[0] + Children - 1) / Children);
        }

        _levels = new int[nodes.Count];
        for (var level = 1; level < _levels.Length; level++)
        {
            _levels[level] = _levels[level - 1] + (nodes[level - 1] * Width);
        }

        _cuts = new double[_levels[^1] + (nodes[^1] * Width)];
        _cuts.AsSpan().Fill(double.PositiveInfinity);
        cuts.CopyTo(_cuts.AsSpan(_levels[^1]));
        var span = Width;   // cuts below one child of the level
        for (var level = _levels.Length - 2; level >= 0; level--)
        {
            for (var node = 0; node < nodes[level]; node++)
            {
                for (var pivot = 0; pivot < Width; pivot++)
                {
                    // The very last child gets no pivot: nothing lies beyond it.
                    var last = ((((long)node * Children) + pivot + 1) * span) - 1;
                    _cuts[_levels[level] + (node * Width) + pivot] = last < cuts.Length - 1 ? cuts[(int)last] : double.PositiveInfinity;
                }
            }

            span *= Children;
        }
    }

    /// <summary>Number of cuts below a value; 0 for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CountBelow(double value)
    {
        var levels = _levels;
        ref var cuts = ref MemoryMarshal.GetArrayDataReference(_cuts);
        var node = 0;
        for (var level = 0; level < levels.Length - 1; level++)
        {
            node = (node * Children) + CountInNode(ref Unsafe.Add(ref cuts, levels[level] + (node * Width)), value);
        }

        return (node * Width) + CountInNode(ref Unsafe.Add(ref cuts, levels[^1] + (node * Width)), value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountInNode(ref double cuts, double value)
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

    private static int CountInNodePortably(ref double cuts, double value)
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
