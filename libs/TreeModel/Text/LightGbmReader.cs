using System.Text;

namespace RateLimitSuite.TreeModel.Text;

/// <summary>Reads LightGBM's text format (versions 2 to 4). What it does not know in a tree it refuses, as it might change the meaning.</summary>
internal ref struct LightGbmReader(ReadOnlySpan<byte> text)
{
    private const string TreePrefix = "Tree=";
    private const string EndOfTrees = "end of trees";

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly bool _hasCarriageReturns = text.Contains((byte)'\r');
    private LineReader _lines = new(text);

    /// <summary>Reads the whole text.</summary>
    public TreeEnsemble Read()
    {
        var header = ReadHeader(out var treeSizes, out var line);
        var trees = new List<Tree>();
        while (!line.SequenceEqual("end of trees"u8))
        {
            trees.Add(ReadTree(trees.Count, header.FeatureNames.Length, treeSizes, ref line));
        }

        if (treeSizes.Values.Length != trees.Count && treeSizes.Line > 0)
        {
            throw new ModelFormatException(treeSizes.Line, "tree_sizes", $"lists {treeSizes.Values.Length} trees where the text has {trees.Count}.");
        }

        if (trees.Count == 0)
        {
            throw new ModelFormatException(_lines.Line, EndOfTrees, "the model has no tree.");
        }

        var ensemble = new TreeEnsemble(header, [.. trees], Encoding.UTF8.GetString(_lines.Rest));
        if (!double.IsFinite(ensemble.MinRaw) || !double.IsFinite(ensemble.MaxRaw))
        {
            throw new ModelFormatException(_lines.Line, "leaf_value", "the leaf values add up to more than a double holds.");
        }

        return ensemble;
    }

    private ModelHeader ReadHeader(out (int[] Values, int Line) treeSizes, out ReadOnlySpan<byte> next)
    {
        if (!_lines.TryRead(out var line) || !line.SequenceEqual("tree"u8))
        {
            throw new ModelFormatException(1, "tree", "the text does not begin with the line 'tree', so it is not a LightGBM model.");
        }

        var fields = new HeaderFields();
        while (true)
        {
            line = Next(TreePrefix);
            if (line.StartsWith("Tree="u8) || line.SequenceEqual("end of trees"u8))
            {
                break;
            }

            fields.Add(line, _lines.Line);
        }

        next = line;
        treeSizes = fields.TreeSizes();
        return fields.ToHeader(_lines.Line);
    }

    private Tree ReadTree(int index, int featureCount, (int[] Values, int Line) treeSizes, ref ReadOnlySpan<byte> line)
    {
        var start = _lines.Offset - LengthWithEnd(line);
        var firstLine = _lines.Line;
        if (!line.StartsWith("Tree="u8) || NumberList.One<int>(line["Tree="u8.Length..], firstLine, "Tree") != index)
        {
            throw new ModelFormatException(firstLine, "Tree", $"'{Excerpt.Of(line)}' where Tree={index} or '{EndOfTrees}' belongs.");
        }

        var fields = new TreeFields(firstLine, featureCount);
        while (true)
        {
            line = Next(EndOfTrees);
            if (line.StartsWith("Tree="u8) || line.SequenceEqual("end of trees"u8))
            {
                break;
            }

            fields.Add(line, _lines.Line);
        }

        var size = _lines.Offset - LengthWithEnd(line) - start;
        if (index < treeSizes.Values.Length && treeSizes.Values[index] != size && !_hasCarriageReturns)
        {
            throw new ModelFormatException(treeSizes.Line, "tree_sizes", $"tree {index} has {size} bytes where {treeSizes.Values[index]} are listed.");
        }

        return fields.ToTree();
    }

    private ReadOnlySpan<byte> Next(string expected)
    {
        if (!_lines.TryRead(out var line))
        {
            throw new ModelFormatException(_lines.Line + 1, expected, "the text ends before it: it was cut off.");
        }

        return line;
    }

    /// <summary>Length of the line last read including its end; sizes are not compared where carriage returns make it uncertain.</summary>
    private readonly int LengthWithEnd(ReadOnlySpan<byte> line) =>
        line.Length + (_lines.Offset > 0 && _text[_lines.Offset - 1] == '\n' ? 1 : 0);
}
