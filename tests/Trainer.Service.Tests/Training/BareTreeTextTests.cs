using System.Text;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Tests.Gates;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.Training;

public sealed class BareTreeTextTests
{
    // What an engine that hides counts gives: a native model's trees without them. Thresholds are not public, so they are found from the text.
    [Fact]
    public void Write_TreesOfANativeModelWithoutCounts_LoadsInLightGbmAndHasTheSameCounts()
    {
        var context = GateCase.Of();
        var native = Encoding.UTF8.GetString(GateCase.GoodText);
        var text = BareTreeText.Write(Bare(native), context.Job);

        var outcome = new LoadsGate().Check(GateCase.Of(Encoding.UTF8.GetBytes(text)), CancellationToken.None);

        Assert.True(outcome.Passed, outcome.Message);
        Assert.Equal(Values(native, "leaf_count="), Values(text, "leaf_count="));
        Assert.Equal(Values(native, "internal_count="), Values(text, "internal_count="));
    }

    [Fact]
    public void Write_OneLeaf_IsAConstantModel()
    {
        var rows = new Traffic().Columns(50);
        var job = TrainingJobs.Of(rows, SampleWeights.Of(rows, 50).Weights, GateCase.Options);

        var model = ServingModel.Parse(Encoding.UTF8.GetBytes(BareTreeText.Write([new([], [], [], [], [], [7.5])], job)));

        Assert.Equal(7.5, model.Predictor.Predict([1, 1, 1, 1, 1, 1]));
        Assert.Equal(50, model.Ensemble.Trees[0].LeafCovers[0]);
    }

    private static List<BareTree> Bare(string text)
    {
        var (features, gains, thresholds, left, right, leaves) = (
            Values(text, "split_feature="), Values(text, "split_gain="), Values(text, "threshold="), Values(text, "left_child="), Values(text, "right_child="), Values(text, "leaf_value="));
        return [.. Enumerable.Range(0, leaves.Count).Select(i => new BareTree(Whole(features[i]), Real(gains[i]), Real(thresholds[i]), Whole(left[i]), Whole(right[i]), Real(leaves[i])))];
    }

    private static List<string> Values(string text, string key) =>
        [.. text.Split('\n').Where(line => line.StartsWith(key, StringComparison.Ordinal)).Select(line => line[key.Length..])];

    private static int[] Whole(string values) => [.. values.Split(' ').Select(value => int.Parse(value, System.Globalization.CultureInfo.InvariantCulture))];

    private static double[] Real(string values) => [.. values.Split(' ').Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture))];
}
