using System.Text;
using RateLimitSuite.TreeModel.Text;

namespace RateLimitSuite.TreeModel;

/// <summary>A LightGBM regression model: trees whose leaf values add up to a raw score, and the link that turns it into a prediction.</summary>
/// <remarks>Immutable. Compile it into a <see cref="Predictor"/> or a <see cref="TreeExplainer"/> to use it at speed.</remarks>
public sealed class TreeEnsemble
{
    private readonly Tree[] _trees;

    internal TreeEnsemble(ModelHeader header, Tree[] trees, string trailer)
    {
        Header = header;
        _trees = trees;
        Trailer = trailer;
        (MinRaw, MaxRaw) = LeafSumBounds();
    }

    /// <summary>Number of features a feature vector must have.</summary>
    public int FeatureCount => Header.FeatureNames.Length;

    /// <summary>Names of the features, in order.</summary>
    public IReadOnlyList<string> FeatureNames => Header.FeatureNames;

    /// <summary>Number of trees.</summary>
    public int TreeCount => _trees.Length;

    /// <summary>The trees, in the order of the text.</summary>
    public IReadOnlyList<Tree> Trees => _trees;

    /// <summary>Number of leaves in all trees.</summary>
    public int LeafCount => _trees.Sum(tree => tree.LeafCount);

    /// <summary>The objective and its link.</summary>
    public Objective Objective => Header.Objective;

    /// <summary>Whether the raw score is the mean of the trees (random forest) and not their sum.</summary>
    public bool AveragesTrees => Header.AveragesTrees;

    /// <summary>No prediction is below this: the sum of the trees' least leaves, through the link.</summary>
    public double MinPrediction => Objective.Apply(MinRaw);

    /// <summary>No prediction is above this: the sum of the trees' greatest leaves, through the link.</summary>
    public double MaxPrediction => Objective.Apply(MaxRaw);

    /// <summary>Whether every tree has the counts that path-dependent SHAP weighs by.</summary>
    public bool HasCovers => _trees.All(tree => tree.HasCovers);

    internal ModelHeader Header { get; }

    /// <summary>What follows the trees: importances, parameters; kept as it was read.</summary>
    internal string Trailer { get; }

    internal double MinRaw { get; }

    internal double MaxRaw { get; }

    /// <summary>What one leaf's value counts in the raw score: 1, or 1 / trees for a random forest.</summary>
    internal double TreeWeight => AveragesTrees && TreeCount > 0 ? 1.0 / TreeCount : 1;

    /// <summary>Reads a model in LightGBM's text format.</summary>
    /// <exception cref="ModelFormatException">The text is damaged or asks for what is not supported; names line and key.</exception>
    public static TreeEnsemble Parse(ReadOnlySpan<char> text)
    {
        var utf8 = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, utf8);
        return Parse(utf8);
    }

    /// <summary>Reads a model in LightGBM's text format, in time and memory in proportion to its length.</summary>
    /// <exception cref="ModelFormatException">The text is damaged or asks for what is not supported; names line and key.</exception>
    public static TreeEnsemble Parse(ReadOnlySpan<byte> utf8) => new LightGbmReader(utf8).Read();

    /// <summary>Writes the model in LightGBM's text format, thresholds and leaf values with 17 significant digits.</summary>
    public string ToLightGbmText() => LightGbmWriter.Write(this);

    /// <summary>The same trees with other leaf values, as a refit gives them.</summary>
    /// <param name="leafValues">Leaf values of all trees, tree after tree: <see cref="LeafCount"/> finite numbers, shrinkage included.</param>
    /// <exception cref="ArgumentException">The count differs or a value is not finite.</exception>
    public TreeEnsemble WithLeafValues(ReadOnlySpan<double> leafValues)
    {
        if (leafValues.Length != LeafCount)
        {
            throw new ArgumentException($"{leafValues.Length} leaf values for {LeafCount} leaves.", nameof(leafValues));
        }

        foreach (var value in leafValues)
        {
            if (!double.IsFinite(value))
            {
                throw new ArgumentException($"Leaf value {value} is not finite.", nameof(leafValues));
            }
        }

        var trees = new Tree[TreeCount];
        for (var tree = 0; tree < trees.Length; tree++)
        {
            var count = _trees[tree].LeafCount;
            trees[tree] = _trees[tree].WithLeafValues(leafValues[..count].ToArray());
            leafValues = leafValues[count..];
        }

        return new TreeEnsemble(Header, trees, Trailer);
    }

    /// <summary>The same trees with the counts that some rows give, for path-dependent SHAP over those rows; engines other than native LightGBM write none.</summary>
    /// <param name="rowsRowMajor">The feature vectors, one after the other; at least one.</param>
    public TreeEnsemble WithCovers(ReadOnlySpan<double> rowsRowMajor)
    {
        if (rowsRowMajor.Length == 0 || rowsRowMajor.Length % FeatureCount != 0)
        {
            throw new ArgumentException($"{rowsRowMajor.Length} values are not one or more rows of {FeatureCount}.", nameof(rowsRowMajor));
        }

        var trees = new Tree[TreeCount];
        for (var tree = 0; tree < trees.Length; tree++)
        {
            trees[tree] = _trees[tree].WithCovers(rowsRowMajor, FeatureCount);
        }

        return new TreeEnsemble(Header, trees, Trailer);
    }

    private (double Min, double Max) LeafSumBounds()
    {
        double min = 0, max = 0;
        foreach (var tree in _trees)
        {
            min += tree.LeafValue.Min();
            max += tree.LeafValue.Max();
        }

        return (min * TreeWeight, max * TreeWeight);
    }
}
