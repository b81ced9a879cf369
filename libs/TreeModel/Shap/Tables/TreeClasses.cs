using RateLimitSuite.TreeModel.Intervals;

namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>The intervals of each feature as one tree tells them apart: some 5 classes instead of 200 intervals.</summary>
internal sealed class TreeClasses
{
    private readonly Partition[] _partitions;
    private readonly int[][] _representatives;

    /// <summary>Sorts the intervals of the features that a tree splits on.</summary>
    public TreeClasses(TreeShape shape, IntervalMap intervals)
    {
        Features = [.. shape.Leaves.SelectMany(leaf => leaf.Conditions).Select(condition => condition.Feature).Distinct().Order()];
        _partitions = new Partition[Features.Length];
        _representatives = new int[Features.Length][];
        for (var f = 0; f < Features.Length; f++)
        {
            _partitions[f] = new Partition(intervals[Features[f]].Count);
            var known = new HashSet<IntervalSet>(ReferenceEqualityComparer.Instance);
            foreach (var set in AllowedOf(shape.Leaves, Features[f]).Where(known.Add))
            {
                _partitions[f].Refine(set.Contains);
            }

            _representatives[f] = _partitions[f].Representatives();
        }
    }

    /// <summary>The features the tree splits on, ascending.</summary>
    public int[] Features { get; }

    /// <summary>Class of each interval of the tree's feature number <paramref name="f"/>.</summary>
    public ReadOnlySpan<int> ClassesOf(int f) => _partitions[f].Classes;

    /// <summary>Number of classes of the tree's feature number <paramref name="f"/>.</summary>
    public int CountOf(int f) => _partitions[f].Count;

    /// <summary>One interval of each class of the tree's feature number <paramref name="f"/>.</summary>
    public int[] RepresentativesOf(int f) => _representatives[f];

    /// <summary>Sorts the tree's classes of one feature as a group of leaves tells them apart.</summary>
    public Partition Group(ReadOnlySpan<LeafPath> leaves, int f)
    {
        var partition = new Partition(CountOf(f));
        var representatives = _representatives[f];
        IntervalSet? last = null;
        foreach (var leaf in leaves)
        {
            foreach (var condition in leaf.Conditions)
            {
                // Neighbours often share a set; asking it again changes nothing.
                if (condition.Feature == Features[f] && condition.Allowed != last)
                {
                    last = condition.Allowed;
                    partition.Refine(item => condition.Allowed.Contains(representatives[item]));
                }
            }
        }

        return partition;
    }

    private static IEnumerable<IntervalSet> AllowedOf(LeafPath[] leaves, int feature) =>
        leaves.SelectMany(leaf => leaf.Conditions).Where(condition => condition.Feature == feature).Select(condition => condition.Allowed);
}
