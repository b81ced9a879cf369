using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.Gates;

/// <summary>A trained model with everything gates ask for.</summary>
internal static class GateCase
{
    private static readonly Lazy<(MetricsRows Rows, byte[] Text)> Trained = new(() =>
    {
        var rows = new Traffic().Columns(4_000);
        return (rows, Train(rows, TimeSplit.Of(rows, LoopProfile.Smoke, true).TrainEnd));
    });

    /// <summary>A model that every gate should let pass, altered as a test wants.</summary>
    public static GateContext Of(byte[]? text = null, MetricsRows? rows = null, ServingModel? champion = null, string reason = "manual", string kind = "full",
        bool enforceImportance = false)
    {
        var used = rows ?? Trained.Value.Rows;
        var split = TimeSplit.Of(used, LoopProfile.Smoke, true);
        return new()
        {
            Text = text ?? Trained.Value.Text, Kind = kind, Reason = reason, Rows = used, Split = split,
            Job = TrainingJobs.Of(used, SampleWeights.Of(used, split.TrainEnd).Weights, Options), Engine = new NativeEngine(), Champion = champion,
            Profile = LoopProfile.Smoke, Options = Options with { EnforceImportance = enforceImportance },
        };
    }

    public static TrainerOptions Options { get; } = new() { Iterations = 100 };

    /// <summary>The good model.</summary>
    public static byte[] GoodText => Trained.Value.Text;

    public static byte[] Train(MetricsRows rows, int count) => Encoding.UTF8.GetBytes(
        new NativeEngine().Train(TrainingJobs.Of(rows, SampleWeights.Of(rows, count).Weights, Options), null, CancellationToken.None));

    /// <summary>A model of rows whose right rate is multiplied.</summary>
    public static ServingModel Wrong(double factor)
    {
        var rows = new Traffic { Factor = _ => factor }.Columns(3_000);
        return ServingModel.Parse(Train(rows, rows.Count), "wrong");
    }
}
