namespace RateLimitSuite.TreeModel.Text;

/// <summary>Collects the lines of one tree and makes a checked <see cref="Tree"/> of them.</summary>
/// <remarks>Arrays are made only as long as the line that holds them; a promised count is compared, never allocated.</remarks>
internal sealed class TreeFields(int firstLine, int featureCount)
{
    private static readonly HashSet<string> Known =
    [
        "num_leaves", "num_cat", "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child",
        "leaf_value", "leaf_weight", "leaf_count", "internal_value", "internal_weight", "internal_count",
        "cat_boundaries", "cat_threshold", "is_linear", "shrinkage",
    ];

    private readonly Dictionary<string, (byte[] Value, int Line)> _values = [];

    /// <summary>Takes one line, <c>key=value</c>.</summary>
    public void Add(ReadOnlySpan<byte> line, int number)
    {
        if (line.IsEmpty)
        {
            return;
        }

        var equals = line.IndexOf((byte)'=');
        var key = Excerpt.OfKey(equals < 0 ? line : line[..equals]);
        if (equals < 0 || !Known.Contains(key))
        {
            throw new ModelFormatException(number, key, "is not a key of a tree that is understood here.");
        }

        if (!_values.TryAdd(key, (line[(equals + 1)..].ToArray(), number)))
        {
            throw new ModelFormatException(number, key, "is there twice.");
        }

        // At once, before the further keys of a linear tree are met.
        if (key == "is_linear" && One<int>(key) != 0)
        {
            throw Error(key, "linear trees are not supported: their leaves have no single value to explain.");
        }
    }

    /// <summary>Makes the tree, once all its lines are there.</summary>
    public Tree ToTree()
    {
        var leaves = One<int>("num_leaves");
        if (leaves < 1)
        {
            throw Error("num_leaves", $"{leaves} leaves; a tree has at least 1.");
        }

        var splits = leaves - 1;
        var sets = Has("num_cat") ? One<int>("num_cat") : 0;
        if (sets < 0 || sets > splits)
        {
            throw Error("num_cat", $"{sets} categorical splits in a tree of {splits} splits.");
        }

        // The required lists come first: once their lengths are found right, a false count cannot ask for more.
        var values = Numbers<double>("leaf_value", leaves);
        var boundaries = sets > 0 ? Numbers<int>("cat_boundaries", sets + 1) : [];
        var tree = new Tree(new TreeArrays
        {
            LeafValue = values,
            SplitFeature = Numbers<int>("split_feature", splits),
            Threshold = Numbers<double>("threshold", splits),
            DecisionType = DecisionTypes(splits),
            LeftChild = Numbers<int>("left_child", splits),
            RightChild = Numbers<int>("right_child", splits),
            SplitGain = Optional<double>("split_gain", splits),
            LeafWeight = Optional<double>("leaf_weight", leaves),
            LeafCover = Optional<long>("leaf_count", leaves),
            InternalValue = Optional<double>("internal_value", splits),
            InternalWeight = Optional<double>("internal_weight", splits),
            InternalCover = Optional<long>("internal_count", splits),
            CategoryBoundaries = boundaries,
            CategoryBits = sets > 0 ? NumberList.ParseAll<uint>(_values.GetValueOrDefault("cat_threshold").Value ?? [], LineOf("cat_threshold"), "cat_threshold") : [],
            Shrinkage = Has("shrinkage") ? One<double>("shrinkage") : 1,
        });
        TreeChecks.Check(tree, featureCount, sets, Error);
        return tree;
    }

    private byte[] DecisionTypes(int splits)
    {
        // Very old texts have no decision types; every split is then numerical, and NaN counts as 0.
        if (!Has("decision_type"))
        {
            return new byte[splits];
        }

        var types = Numbers<byte>("decision_type", splits);
        foreach (var type in types)
        {
            if (type > 0b1011)
            {
                throw Error("decision_type", $"{type} names no decision; bits are categorical, default left, and missing type 0 to 2.");
            }
        }

        return types;
    }

    private T[] Optional<T>(string key, int count)
        where T : struct, System.Numerics.INumber<T> => Has(key) ? Numbers<T>(key, count) : [];

    private T[] Numbers<T>(string key, int count)
        where T : struct, System.Numerics.INumber<T>
    {
        // A one-leaf tree may leave its empty lists out.
        if (count == 0 && !Has(key))
        {
            return [];
        }

        var (value, line) = Required(key);
        return NumberList.Parse<T>(value, count, line, key);
    }

    private T One<T>(string key)
        where T : struct, System.Numerics.INumber<T>
    {
        var (value, line) = Required(key);
        return NumberList.One<T>(value, line, key);
    }

    private bool Has(string key) => _values.ContainsKey(key);

    private (byte[] Value, int Line) Required(string key) =>
        _values.TryGetValue(key, out var field) ? field : throw Error(key, "is missing in the tree that begins here.");

    private int LineOf(string key) => _values.TryGetValue(key, out var field) ? field.Line : firstLine;

    private ModelFormatException Error(string key, string reason) => new(LineOf(key), key, reason);
}
