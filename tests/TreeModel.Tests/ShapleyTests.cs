using FsCheck;
using FsCheck.Fluent;

namespace RateLimitSuite.TreeModel.Tests;

public class ShapleyTests
{
    private static readonly TreeExplainerOptions WithInteractions = new() { WithInteractions = true };

    // Everything is computed: the run-time leaves, without a table.
    private static readonly TreeExplainerOptions WithoutTables = new() { WithInteractions = true, TableBytesMax = 0 };

    // Room for single leaves, not for whole trees.
    private static readonly TreeExplainerOptions SmallTables = new() { WithInteractions = true, TableBytesMax = 20_000 };

    [Theory]
    [InlineData(1, 1, 1, 4)]
    [InlineData(2, 3, 1, 8)]
    [InlineData(3, 5, 4, 12)]
    [InlineData(4, 8, 3, 20)]
    [InlineData(5, 8, 2, 40)]
    [InlineData(6, 2, 5, 16)]
    [InlineData(7, 6, 3, 1)]
    public void Explain_AnyRow_EqualsTheDefinitionOverAllCoalitions(int seed, int features, int trees, int leaves)
    {
        var ensemble = RandomEnsembles.Create(seed, features, trees, leaves);
        var background = RandomEnsembles.Rows(ensemble, seed + 100, 17);
        foreach (var options in new[] { WithInteractions, SmallTables, WithoutTables })
        {
            var path = TreeExplainer.PathDependent(ensemble, options);
            var interventional = TreeExplainer.Interventional(ensemble, background.SelectMany(row => row).ToArray(), options);
            foreach (var row in RandomEnsembles.Rows(ensemble, seed + 200, 12))
            {
                AssertEqualsDefinition(path, row, BruteForce.PathDependent(ensemble, row));
                AssertEqualsDefinition(interventional, row, BruteForce.Interventional(ensemble, row, background));
            }
        }
    }

    [Fact]
    public void Explain_TwoFeaturesThatMustBothHold_GivesTheHandComputedValues()
    {
        // v = 1 only if A and B both hold, each split 1/2 : 1/2: base 1/4, values 3/8 each, interaction 1/8, diagonal 1/4.
        const string Text = """
            tree
            version=v4
            num_class=1
            num_tree_per_iteration=1
            label_index=0
            max_feature_idx=1
            objective=regression
            feature_names=A B
            feature_infos=none none

            Tree=0
            num_leaves=3
            num_cat=0
            split_feature=0 1
            threshold=0.5 0.5
            decision_type=2 2
            left_child=-1 -2
            right_child=1 -3
            leaf_value=0 0 1
            leaf_count=50 25 25
            internal_count=100 50
            is_linear=0
            shrinkage=1


            end of trees

            """;
        var explainer = TreeExplainer.PathDependent(TreeEnsemble.Parse(Text.ReplaceLineEndings("\n")), WithInteractions);
        var (values, pairs) = (new double[2], new double[4]);
        Assert.Equal(0.25, explainer.Explain([1, 1], values), 1e-15);
        explainer.ExplainInteractions([1, 1], pairs);
        Assert.Equal(3.0 / 8, values[0], 1e-15);
        Assert.Equal(3.0 / 8, values[1], 1e-15);
        Assert.Equal(1.0 / 8, pairs[1], 1e-15);
        Assert.Equal(1.0 / 4, pairs[0], 1e-15);
    }

    [Theory]
    [InlineData(40, 5, 60)]
    [InlineData(40, 1, 200)]
    [InlineData(12, 2, 120)]
    public void Explain_ManyFeatures_TablesAndComputedLeavesAgreeAndAddUp(int features, int trees, int leaves)
    {
        var ensemble = RandomEnsembles.Create(features + leaves, features, trees, leaves);
        var background = RandomEnsembles.Rows(ensemble, 1, 33).SelectMany(row => row).ToArray();
        var predictor = Predictor.Compile(ensemble);
        Func<TreeExplainerOptions, TreeExplainer>[] modes =
        [
            options => TreeExplainer.PathDependent(ensemble, options),
            options => TreeExplainer.Interventional(ensemble, background, options),
        ];
        foreach (var mode in modes)
        {
            var (tables, computed) = (mode(WithInteractions), mode(WithoutTables));
            Assert.True(tables.ValueTables.ComputedLeaves < computed.ValueTables.ComputedLeaves);
            double[] values = new double[features], others = new double[features];
            double[] pairs = new double[features * features], otherPairs = new double[features * features];
            foreach (var row in RandomEnsembles.Rows(ensemble, 2, 10))
            {
                var total = tables.Explain(row, values) + values.Sum();
                Assert.Equal(predictor.Predict(row), total, 1e-9 * Math.Max(1, Math.Abs(total)));
                computed.Explain(row, others);
                Assert.All(Enumerable.Range(0, values.Length), i => Assert.Equal(values[i], others[i], 1e-10));
                tables.ExplainInteractions(row, pairs);
                computed.ExplainInteractions(row, otherPairs);
                Assert.All(Enumerable.Range(0, pairs.Length), i => Assert.Equal(pairs[i], otherPairs[i], 1e-10));
            }
        }
    }

    [Fact]
    public void Explain_AnyEnsemble_IsAdditiveSymmetricLinearAndGivesDummiesNothing() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            const int Features = 4;
            var one = RandomEnsembles.Create(seed, Features, trees: 2, leaves: 7, categorical: false);
            var other = RandomEnsembles.Create(seed + 1, Features, trees: 2, leaves: 5, categorical: false);
            var both = Combine(one, other, [0, 1, 2, 3]);
            var swapped = Combine(one, other, [1, 0, 2, 3]);
            var widened = new TreeEnsemble(RandomEnsembles.Create(0, Features + 1, 1, 1).Header, [.. both.Trees], "");
            foreach (var row in RandomEnsembles.Rows(both, seed, 4))
            {
                var values = ValuesOf(both, row, out var baseValue);
                var prediction = Predictor.Compile(both).Predict(row);
                Assert.Equal(prediction, baseValue + values.Sum(), 1e-9 * Math.Max(1, Math.Abs(prediction)));

                double[] sum = [.. ValuesOf(one, row, out _).Zip(ValuesOf(other, row, out _), (a, b) => a + b)];
                AssertClose(sum, values);

                double[] swappedValues = ValuesOf(swapped, [row[1], row[0], row[2], row[3]], out _);
                AssertClose([swappedValues[1], swappedValues[0], swappedValues[2], swappedValues[3]], values);

                Assert.Equal(0.0, ValuesOf(widened, [.. row, 1], out _)[Features]);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Explain_AnyEnsembleOverAnyBackground_IsAdditiveSymmetricLinearAndGivesDummiesNothing() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            const int Features = 4;
            var one = RandomEnsembles.Create(seed, Features, trees: 2, leaves: 7);
            var other = RandomEnsembles.Create(seed + 1, Features, trees: 2, leaves: 5);
            var both = Combine(one, other, [0, 1, 2, 3]);
            var swapped = Combine(one, other, [1, 0, 2, 3]);
            var widened = new TreeEnsemble(RandomEnsembles.Create(0, Features + 1, 1, 1).Header, [.. both.Trees], "");
            var background = RandomEnsembles.Rows(both, seed + 2, 9);
            foreach (var row in RandomEnsembles.Rows(both, seed, 4))
            {
                var values = ValuesOver(background, both, row, out var baseValue);
                var predictor = Predictor.Compile(both);
                Assert.Equal(background.Average(known => predictor.Predict(known)), baseValue, 1e-9);
                Assert.Equal(predictor.Predict(row), baseValue + values.Sum(), 1e-9);

                double[] sum = [.. ValuesOver(background, one, row, out _).Zip(ValuesOver(background, other, row, out _), (a, b) => a + b)];
                AssertClose(sum, values);

                var swappedValues = ValuesOver(Array.ConvertAll(background, Swap), swapped, Swap(row), out _);
                AssertClose(Swap(swappedValues), values);

                double[][] wider = Array.ConvertAll(background, known => (double[])[.. known, known[0]]);
                Assert.Equal(0.0, ValuesOver(wider, widened, [.. row, 1], out _)[Features]);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Explain_OneFeatureInNoSplit_IsExactlyZero()
    {
        var ensemble = RandomEnsembles.Create(3, features: 3, trees: 3, leaves: 9);
        var unused = new TreeEnsemble(RandomEnsembles.Create(3, 4, 1, 1).Header, [.. ensemble.Trees], "");
        Assert.Equal(0.0, ValuesOf(unused, [1, 1, 1, 1], out _)[3]);
    }

    [Fact]
    public void Explain_FromManyThreads_GivesTheSameBits()
    {
        var ensemble = RandomEnsembles.Create(11, features: 6, trees: 20, leaves: 31);
        var explainer = TreeExplainer.PathDependent(ensemble);
        var rows = RandomEnsembles.Rows(ensemble, 5, 200);
        var expected = rows.Select(row => ValuesOf(explainer, row)).ToArray();
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => Assert.Equal(expected[i % 200], ValuesOf(explainer, rows[i % 200])));
    }

    [Fact]
    public void Explain_AfterTheFirstCall_AllocatesNothing()
    {
        var ensemble = RandomEnsembles.Create(11, features: 6, trees: 20, leaves: 31);
        var explainer = TreeExplainer.PathDependent(ensemble, WithInteractions);
        var predictor = Predictor.Compile(ensemble);
        var (row, values, pairs) = (RandomEnsembles.Rows(ensemble, 5, 1)[0], new double[6], new double[36]);
        var leaves = new int[20];
        void Call()
        {
            explainer.Explain(row, values);
            explainer.ExplainInteractions(row, pairs);
            predictor.Predict(row);
            predictor.PredictLeaves(row, leaves);
        }

        Call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Call();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void PathDependent_Cancelled_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        var ensemble = RandomEnsembles.Create(11, features: 6, trees: 20, leaves: 31);
        var progress = new Canceller(cancellation);
        Assert.Throws<OperationCanceledException>(() => TreeExplainer.PathDependent(ensemble, null, progress, cancellation.Token));
        Assert.True(progress.Last is > 0 and < 1);
    }

    [Fact]
    public void PathDependent_ModelWithoutCounts_IsRefused()
    {
        var text = string.Join('\n', RandomEnsembles.Create(1, 3, 1, 4).ToLightGbmText().Split('\n')
            .Where(line => !line.StartsWith("internal_count", StringComparison.Ordinal) && !line.StartsWith("tree_sizes", StringComparison.Ordinal)));
        Assert.Throws<NotSupportedException>(() => TreeExplainer.PathDependent(TreeEnsemble.Parse(text)));
    }

    [Fact]
    public void Build_AnyBudget_KeepsIt()
    {
        foreach (var features in new[] { 6, 40 })
        {
            var ensemble = RandomEnsembles.Create(21, features, trees: 20, leaves: 31);
            var least = TreeExplainer.PathDependent(ensemble, new TreeExplainerOptions { TableBytesMax = 0 }).TableBytes;
            foreach (var budget in new[] { 200_000L, 2_000_000, 20_000_000 })
            {
                var explainer = TreeExplainer.PathDependent(ensemble, new TreeExplainerOptions { TableBytesMax = budget });
                Assert.InRange(explainer.TableBytes, least + 1, budget);
            }
        }
    }

    private static TreeEnsemble Combine(TreeEnsemble one, TreeEnsemble other, int[] features) => new(one.Header, [.. one.Trees.Concat(other.Trees).Select(tree => Renamed(tree, features))], "");

    private static Tree Renamed(Tree tree, int[] features) =>
        new(tree.Arrays with { SplitFeature = Array.ConvertAll(tree.SplitFeature, feature => features[feature]) });

    private static double[] ValuesOf(TreeEnsemble ensemble, double[] row, out double baseValue)
    {
        var values = new double[row.Length];
        baseValue = TreeExplainer.PathDependent(ensemble).Explain(row, values);
        return values;
    }

    private static double[] ValuesOver(double[][] background, TreeEnsemble ensemble, double[] row, out double baseValue)
    {
        var values = new double[row.Length];
        baseValue = TreeExplainer.Interventional(ensemble, background.SelectMany(known => known).ToArray()).Explain(row, values);
        return values;
    }

    private static double[] Swap(double[] row) => [row[1], row[0], .. row[2..]];

    private static double[] ValuesOf(TreeExplainer explainer, double[] row)
    {
        var values = new double[row.Length];
        explainer.Explain(row, values);
        return values;
    }

    private static void AssertEqualsDefinition(TreeExplainer explainer, double[] row, Func<int, double> worth)
    {
        var features = row.Length;
        var (values, pairs) = (new double[features], new double[features * features]);
        Assert.Equal(worth(0), explainer.Explain(row, values), 1e-10);
        explainer.ExplainInteractions(row, pairs);
        AssertClose(BruteForce.Values(features, worth), values);
        AssertClose(BruteForce.Interactions(features, worth), pairs);
    }

    private static void AssertClose(double[] expected, double[] actual) =>
        Assert.All(Enumerable.Range(0, expected.Length), i => Assert.Equal(expected[i], actual[i], 1e-10));

    private sealed class Canceller(CancellationTokenSource cancellation) : IProgress<double>
    {
        public double Last { get; private set; }

        public void Report(double value)
        {
            Last = value;
            if (value > 0.3)
            {
                cancellation.Cancel();
            }
        }
    }
}
