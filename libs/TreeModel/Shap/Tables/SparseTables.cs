using RateLimitSuite.TreeModel.Intervals;
using RateLimitSuite.TreeModel.Memory;

namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>Tables for models with many features or intervals: a row holds only the terms of its group.</summary>
/// <remarks>Intervals are first turned into the classes of a tree, once for all its groups, and these into a row of each group.</remarks>
internal sealed unsafe class SparseTables : ITermTables
{
    private readonly TreePart[] _trees;
    private readonly GroupPart[] _groups;
    private readonly MapPart[] _maps;
    private readonly ushort[] _classes;
    private readonly int[] _rows;
    private readonly int[] _terms;
    private readonly TableMemory _memory;
    private readonly int _treeFeaturesMax;

    /// <summary>Fills the tables.</summary>
    public SparseTables(TermLayout layout, IntervalMap intervals, IReadOnlyList<ChosenGroup> groups, Action<double> progress)
    {
        var (trees, parts, maps) = (new List<TreePart>(), new List<GroupPart>(), new List<MapPart>());
        var (classes, rows, terms) = (new List<ushort>(), new List<int>(), new List<int>());
        long doubles = 0;
        TreeClasses? tree = null;
        foreach (var (treeClasses, _, group, _) in groups)
        {
            if (treeClasses != tree)
            {
                tree = treeClasses;
                trees.Add(new TreePart(maps.Count, tree.Features.Length, parts.Count));
                for (var f = 0; f < tree.Features.Length; f++)
                {
                    maps.Add(new MapPart(tree.Features[f], classes.Count));
                    classes.AddRange(tree.ClassesOf(f).ToArray().Select(number => (ushort)number));
                }
            }

            var groupTerms = layout.TermsAmong(group.Features);
            parts.Add(new GroupPart(maps.Count, group.FeatureIndexes.Length, terms.Count, groupTerms.Length, doubles));
            doubles += (long)group.Rows * groupTerms.Length;
            terms.AddRange(groupTerms);
            for (var k = 0; k < group.FeatureIndexes.Length; k++)
            {
                maps.Add(new MapPart(group.FeatureIndexes[k], rows.Count));
                var stride = group.Strides[k];
                rows.AddRange(group.Partitions[k].Classes.ToArray().Select(number => number * stride));
            }
        }

        trees.Add(new TreePart(0, 0, parts.Count));
        (_trees, _groups, _maps) = ([.. trees], [.. parts], [.. maps]);
        (_classes, _rows, _terms) = ([.. classes], [.. rows], [.. terms]);
        _treeFeaturesMax = _trees.Max(part => part.FeatureCount);
        _memory = new TableMemory(doubles);
        for (var g = 0; g < groups.Count; g++)
        {
            var (treeClasses, source, group, leaves) = groups[g];
            var groupTerms = _terms[_groups[g].TermStart..(_groups[g].TermStart + _groups[g].TermCount)];
            new TableFiller(layout, treeClasses, source).Fill(group, leaves, groupTerms, groupTerms.Length, _memory.Start + _groups[g].TableStart);
            progress((g + 1.0) / groups.Count);
        }
    }

    /// <inheritdoc/>
    public long Bytes => _memory.Bytes
        + ((long)_classes.Length * sizeof(ushort)) + (((long)_rows.Length + _terms.Length) * sizeof(int))
        + ((long)_maps.Length * sizeof(MapPart)) + ((long)_groups.Length * sizeof(GroupPart)) + ((long)_trees.Length * sizeof(TreePart));

    /// <summary>Bytes that the trees take besides their groups.</summary>
    public static double BytesBesides(TreeClasses[] trees) => trees.Sum(tree => sizeof(TreePart)
        + Enumerable.Range(0, tree.Features.Length).Sum(f => (double)(tree.ClassesOf(f).Length * sizeof(ushort)) + sizeof(MapPart))) + sizeof(TreePart);

    /// <summary>Bytes that a group takes.</summary>
    public static double BytesOf(TermLayout layout, LeafGroup group)
    {
        var terms = layout.TermsOf(group.Features.Length);
        var classes = group.Partitions.Sum(partition => partition.Classes.Length);
        return ((double)group.Rows * terms * sizeof(double)) + ((terms + classes) * sizeof(int)) + sizeof(GroupPart) + (group.Partitions.Length * sizeof(MapPart));
    }

    /// <inheritdoc/>
    public void Sum(ReadOnlySpan<ushort> intervals, Span<double> terms)
    {
        terms.Clear();
        Span<int> classes = stackalloc int[_treeFeaturesMax];
        for (var tree = 0; tree < _trees.Length - 1; tree++)
        {
            var part = _trees[tree];
            for (var f = 0; f < part.FeatureCount; f++)
            {
                var map = _maps[part.MapStart + f];
                classes[f] = _classes[map.Start + intervals[map.Index]];
            }

            for (var g = part.GroupStart; g < _trees[tree + 1].GroupStart; g++)
            {
                AddGroup(_groups[g], classes, terms);
            }
        }

        GC.KeepAlive(this);   // The memory is freed with its last user.
    }

    private void AddGroup(in GroupPart group, ReadOnlySpan<int> classes, Span<double> sums)
    {
        var row = 0;
        for (var k = 0; k < group.MapCount; k++)
        {
            var map = _maps[group.MapStart + k];
            row += _rows[map.Start + classes[map.Index]];
        }

        var from = _memory.Start + group.TableStart + ((long)row * group.TermCount);
        for (var term = 0; term < group.TermCount; term++)
        {
            sums[_terms[group.TermStart + term]] += from[term];
        }
    }

    private readonly record struct TreePart(int MapStart, int FeatureCount, int GroupStart);

    private readonly record struct GroupPart(int MapStart, int MapCount, int TermStart, int TermCount, long TableStart);

    /// <summary>A table from an interval to a class (index: a feature), or from a class to row offsets (index: which of the tree's features).</summary>
    private readonly record struct MapPart(int Index, int Start);
}
