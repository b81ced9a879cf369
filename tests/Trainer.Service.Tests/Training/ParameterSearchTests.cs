using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.Training;

public sealed class ParameterSearchTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);
    private static readonly TrainerOptions Options = new() { Iterations = 20, LearningRate = 0.01, Seed = 1, SearchTime = 5 * Step, IntervalPasses = 0 };

    private readonly ManualTimeProvider _clock = new(new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero));
    private readonly List<TrainingParameters> _tried = [];

    [Fact]
    public void Find_NoTime_KeepsTheOptions()
    {
        var found = Find(Options with { SearchTime = TimeSpan.Zero });

        Assert.Equal(TrainingParameters.From(Options), found);
        Assert.Empty(_tried);
    }

    [Fact]
    public void Find_TimeForFiveTries_BeginsWithTheOptionsAndTakesTheBest()
    {
        var found = Find(Options);

        Assert.Equal(5, _tried.Count);
        Assert.Equal(TrainingParameters.From(Options), _tried[0]);
        Assert.Contains(found, _tried);
        Assert.True(found.LearningRate > Options.LearningRate, $"{found}");   // 20 steps of 0.01 are far too few: a quicker one errs less
        Assert.All(_tried, tried => Assert.InRange(tried.LeavesMaximum, 2, Options.LeavesMaximum));
        Assert.All(_tried, tried => Assert.Equal(Options.DepthMaximum, tried.DepthMaximum));
    }

    [Fact]
    public void Find_SameSeed_DrawsTheSame()
    {
        Find(Options);
        var first = _tried.ToList();
        _tried.Clear();

        Find(Options);

        Assert.Equal(first, _tried);
    }

    [Fact]
    public void Find_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => Find(Options, source.Token));
    }

    private TrainingParameters Find(TrainerOptions options, CancellationToken cancellationToken = default)
    {
        var rows = new Traffic().Columns(2_000);
        var weights = SampleWeights.Of(rows, 1_600).Weights;
        return new ParameterSearch(new SteppingEngine(this), _clock).Find(rows, weights, options, new NoProgress(), cancellationToken);
    }

    /// <summary>Native LightGBM, each of whose trainings takes ten seconds of the test's clock.</summary>
    private sealed class SteppingEngine(ParameterSearchTests test) : ITrainingEngine
    {
        private readonly NativeEngine _native = new();

        public string Name => _native.Name;

        public string? Problem => null;

        public string Train(TrainingJob job, IProgress<double>? progress, CancellationToken cancellationToken)
        {
            test._tried.Add(job.Parameters);
            test._clock.Advance(Step);
            return _native.Train(job, progress, cancellationToken);
        }
    }
}
