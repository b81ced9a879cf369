using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.Trainer;

/// <summary>Options of the trainer. How long it waits between steps is the loop profile's.</summary>
internal sealed record TrainerOptions
{
    /// <summary>The configuration section that holds it.</summary>
    public const string Section = "Trainer";

    /// <summary><c>native</c>: LightGBM through its C API; <c>mlnet</c>: ML.NET's trainer, where the build has it. Default native.</summary>
    [RegularExpression("native|mlnet")] public string Engine { get; init; } = "native";

    /// <summary>How far back rows are read. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")] public TimeSpan History { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Rows read at most, the newest: about 170 bytes of memory each. Default 5 million.</summary>
    [Range(1_000, 50_000_000)] public int RowsMaximum { get; init; } = 5_000_000;

    /// <summary>Trees. Default 200.</summary>
    [Range(1, 10_000)] public int Iterations { get; init; } = 200;

    /// <summary>Share of its correction that each tree applies. Default 0.05.</summary>
    [Range(0.0001, 1)] public double LearningRate { get; init; } = 0.05;

    /// <summary>Depth of a tree at most. Default 5.</summary>
    [Range(1, 16)] public int DepthMaximum { get; init; } = 5;

    /// <summary>Leaves of a tree at most. Default 31.</summary>
    [Range(2, 4_096)] public int LeavesMaximum { get; init; } = 31;

    /// <summary>Rows that a leaf needs. Default 20.</summary>
    [Range(1, 1_000_000)] public int LeafRowsMinimum { get; init; } = 20;

    /// <summary>Seed of everything random. Default 42.</summary>
    [Range(0, int.MaxValue)] public int Seed { get; init; } = 42;

    /// <summary><c>regression</c> or <c>huber</c>, whose alpha is taken from the data. Default regression.</summary>
    [RegularExpression("regression|huber")] public string Objective { get; init; } = "regression";

    /// <summary>How often targets are moved within their labels' intervals before the training (<see cref="Training.IntervalTargets"/>); 0: the model
    /// is fitted to the labels' points. Default 6.</summary>
    [Range(0, 20)] public int IntervalPasses { get; init; } = 6;

    /// <summary>Iterations without a better error on the newest part of the training rows that end a training; 0: never. Default 0.</summary>
    [Range(0, 1_000)] public int EarlyStoppingRounds { get; init; }

    /// <summary>Time that a full training may first look for better parameters in, by seeded random search; zero: it trains with those above.
    /// Default zero.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")] public TimeSpan SearchTime { get; init; }

    /// <summary>Training threads; 0: all processors but one, so that serving keeps one. Default 0.</summary>
    [Range(0, 256)] public int Threads { get; init; }

    /// <summary>Whether a trip is first answered by a refit of the champion's leaf values. Default true.</summary>
    public bool Refit { get; init; } = true;

    /// <summary>UTC time of day of the nightly training. Default 03:00.</summary>
    public TimeOnly NightlyAt { get; init; } = new(3, 0);

    /// <summary>Whether there is a nightly training. Default true.</summary>
    public bool Nightly { get; init; } = true;

    /// <summary>A stage without enough decisions is given up after this multiple of its least time. Default 10.</summary>
    [Range(1, 1_000)] public double StageDeadlineFactor { get; init; } = 10;

    /// <summary>But never sooner than this. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")] public TimeSpan StageDeadlineMinimum { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Least prediction of an edge case, exclusive, tokens/s. Default 0.</summary>
    public double EnvelopeMinimum { get; init; }

    /// <summary>Greatest prediction of an edge case, exclusive, tokens/s. Default 1000.</summary>
    public double EnvelopeMaximum { get; init; } = 1_000;

    /// <summary>Whether a model that leans on other features than the champion is rejected. Default false: it is reported.</summary>
    public bool EnforceImportance { get; init; }

    /// <summary>LightGBM text that is watched from the start where the registry is empty, so that there is something to explain; relative paths are taken
    /// from the program's folder; empty: none. Default none; in development the one that is shipped.</summary>
    public string Starter { get; init; } = "";

    /// <summary>Path of <c>data-catalog.yaml</c> for the provenance gate; empty: nothing is pinned. Default: the suite's own, beside the program.</summary>
    public string Catalog { get; init; } = Path.Combine(AppContext.BaseDirectory, "data-catalog.yaml");
}
