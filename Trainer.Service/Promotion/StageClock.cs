namespace RateLimitSuite.Trainer.Promotion;

/// <summary>How often a stage is looked at, and when it is given up.</summary>
internal sealed class StageClock(TrainerOptions options)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBlock = TimeSpan.FromMinutes(1);
    private const int BlocksOfAStage = 6;

    /// <summary>A tenth of the stage, but often enough that a breach is answered within 10 s.</summary>
    public static TimeSpan PollInterval(TimeSpan stage) => TimeSpan.FromTicks(Math.Clamp(stage.Ticks / 10, Least.Ticks, Most.Ticks));

    /// <summary>Length of the blocks that evidence over a stage is cut into: a sixth of it, at most a minute, whole windows.</summary>
    /// <remarks>Four blocks against six can just say something at 0.01; shorter ones would be shorter than a burst.</remarks>
    public static TimeSpan Block(TimeSpan stage, TimeSpan window) =>
        window * Math.Max(1, Math.Min(stage.Ticks / BlocksOfAStage, LongestBlock.Ticks) / window.Ticks);

    /// <summary>When a stage without enough decisions is given up.</summary>
    public TimeSpan Deadline(TimeSpan stage)
    {
        var deadline = stage * options.StageDeadlineFactor;
        return deadline > options.StageDeadlineMinimum ? deadline : options.StageDeadlineMinimum;
    }
}
