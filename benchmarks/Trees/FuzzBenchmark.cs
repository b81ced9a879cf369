using System.Diagnostics;
using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.Benchmarks.Trees.Fuzz;
using RateLimitSuite.LightGbm;

namespace RateLimitSuite.Benchmarks.Trees;

/// <summary>A million damaged model files: each must be refused or usable, in bounded time and memory.</summary>
internal sealed class FuzzBenchmark : IBenchmark
{
    private const int Files = 1_000_000;
    private const int ModelBytesMax = 20_000;
    private const int Seed = 1;
    private const double MillisecondsMax = 1_000;

    public string Name => "fuzz";

    public string Description => $"{Files:N0} damaged model files through the reader; fails on a crash, a hang or unbounded memory";

    public void Run(BenchmarkContext context)
    {
        var mutator = new ModelMutator([.. Models().SelectMany(ReaderCheck.Variants)], Seed);
        var (accepted, slowest) = (0, 0.0);
        var begin = Stopwatch.GetTimestamp();
        for (var file = 0; file < Files; file++)
        {
            var text = mutator.Next();
            var start = Stopwatch.GetTimestamp();
            try
            {
                accepted += ReaderCheck.Accepts(text) ? 1 : 0;
            }
            catch (Exception error)
            {
                var kept = Path.Combine(Path.GetTempPath(), "damaged-model.txt");
                File.WriteAllBytes(kept, text);
                throw new InvalidOperationException($"File {file} of seed {Seed} was not refused as it should be; it is kept as {kept}.", error);
            }

            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        context.Note($"{accepted:N0} of {Files:N0} files were accepted and used, {Stopwatch.GetElapsedTime(begin).TotalSeconds:N0} s in all");
        context.Add(new BenchmarkRow("slowest damaged file", slowest, MillisecondsMax, "bound", MillisecondsMax / slowest, "ms", $"{Files:N0} files up to {ModelBytesMax:N0} bytes, seed {Seed}"));
    }

    private static IEnumerable<string> Models()
    {
        var labels = new float[500];
        var rows = SyntheticTraffic.Rows(labels.Length, 3, labels);
        string[] variants = ["num_leaves=8", "num_leaves=4 categorical_feature=3 min_data_per_group=5 cat_smooth=1 max_cat_to_onehot=2", "num_leaves=31 boosting=rf bagging_freq=1 bagging_fraction=0.6"];
        foreach (var variant in variants)
        {
            var parameters = new LightGbmParameters { { "verbosity", -1 }, { "num_threads", 1 }, { "min_data_in_leaf", 3 } };
            foreach (var setting in variant.Split(' '))
            {
                parameters.Add(setting.Split('=')[0], setting.Split('=')[1]);
            }

            var training = new TrainingRows(FeatureMatrix.OfRows(rows, SyntheticTraffic.Width), labels);
            var text = LightGbmTrainer.Train(parameters, training, iterations: 3).Text;
            yield return text.Length <= ModelBytesMax ? text : throw new InvalidOperationException($"A model of {text.Length} bytes is no small one.");
        }
    }
}
