using RateLimitSuite.Benchmarks.Trees.Fuzz;

namespace RateLimitSuite.TreeModel.Tests;

public class LightGbmReaderTests
{
    private const int MutatedFiles = 20_000;
    private const int Seed = 20261121;

    private static string Text => RandomEnsembles.Create(1, features: 4, trees: 3, leaves: 6).ToLightGbmText();

    [Theory]
    [InlineData("version=v4", "version=v9", "version")]
    [InlineData("num_class=1", "num_class=3", "num_class")]
    [InlineData("num_tree_per_iteration=1", "num_tree_per_iteration=2", "num_tree_per_iteration")]
    [InlineData("objective=regression", "objective=binary sigmoid:1", "objective")]
    [InlineData("max_feature_idx=3", "max_feature_idx=2147483647", "feature_names")]
    [InlineData("num_leaves=6", "num_leaves=2147483647", "leaf_value")]
    [InlineData("num_leaves=6", "num_leaves=0", "num_leaves")]
    [InlineData("is_linear=0", "is_linear=1", "is_linear")]
    [InlineData("split_feature=", "split_feature=9 ", "split_feature")]
    [InlineData("leaf_value=", "leaf_value=nan ", "leaf_value")]
    [InlineData("shrinkage=1", "shrinkage=1\nsurprise=1", "surprise")]
    [InlineData("shrinkage=1", "shrinkage=1\nshrinkage=1", "shrinkage")]
    [InlineData("end of trees", "", "end of trees")]
    public void Parse_OneFault_NamesItsKey(string part, string replacement, string key)
    {
        var at = Text.IndexOf(part, StringComparison.Ordinal);
        var text = WithoutSizes(Text[..at] + replacement + Text[(at + part.Length)..]);
        var error = Assert.Throws<ModelFormatException>(() => TreeEnsemble.Parse(text));
        Assert.Equal(key, error.Key);
        Assert.InRange(error.Line, 1, text.Split('\n').Length + 1);
        Assert.Contains($"line {error.Line}, {key}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ChildrenInACycle_IsRefused()
    {
        const string Chain = "left_child=-1 -2 -3\nright_child=1 2 -4";
        Assert.Equal(4, TreeEnsemble.Parse(Model(Chain)).LeafCount);
        foreach (var broken in new[] { "left_child=-1 2 1\nright_child=-2 -3 -4", "left_child=0 -2 -3\nright_child=1 2 -4", "left_child=-1 -1 -3\nright_child=1 2 -4", "left_child=-1 -2 -9\nright_child=1 2 -4" })
        {
            Assert.Equal("left_child", Assert.Throws<ModelFormatException>(() => TreeEnsemble.Parse(Model(broken))).Key);
        }
    }

    [Fact]
    public void Parse_TreeLengthDiffers_NamesTheTree()
    {
        var error = Assert.Throws<ModelFormatException>(() => TreeEnsemble.Parse(Text.Replace("shrinkage=1", "shrinkage=1.0", StringComparison.Ordinal)));
        Assert.Equal("tree_sizes", error.Key);
    }

    [Fact]
    public void Parse_CarriageReturns_AreTaken() =>
        Assert.Equal(Text, TreeEnsemble.Parse(Text.Replace("\n", "\r\n", StringComparison.Ordinal)).ToLightGbmText());

    [Fact]
    public void ToLightGbmText_AnyEnsemble_IsReadBackTheSame()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var text = RandomEnsembles.Create(seed, features: 5, trees: 3, leaves: 1 + seed).ToLightGbmText();
            Assert.Equal(text, TreeEnsemble.Parse(text).ToLightGbmText());
        }
    }

    [Fact]
    public void Parse_DamagedFiles_AreRefusedOrUsableInBoundedMemory()
    {
        var mutator = new ModelMutator([.. ReaderCheck.Variants(Text), .. ReaderCheck.Variants(RandomEnsembles.Create(2, 3, 2, 1).ToLightGbmText())], Seed);
        var accepted = 0;
        for (var file = 0; file < MutatedFiles; file++)
        {
            accepted += ReaderCheck.Accepts(mutator.Next()) ? 1 : 0;
        }

        // Both outcomes must occur, or the mutations are too wild or too tame to test anything.
        Assert.InRange(accepted, MutatedFiles / 100, MutatedFiles / 2);
    }

    private static string WithoutSizes(string text) =>
        string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("tree_sizes=", StringComparison.Ordinal)));

    private static string Model(string children) => $"""
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        max_feature_idx=0
        feature_names=f0

        Tree=0
        num_leaves=4
        split_feature=0 0 0
        threshold=1 2 3
        decision_type=2 2 2
        {children}
        leaf_value=1 2 3 4

        end of trees
        """.ReplaceLineEndings("\n");
}
