namespace RateLimitSuite.Contracts;

/// <summary>How fast the loop of drift, training and promotion turns. Every number may be set by itself (section <c>Loop</c>).</summary>
/// <remarks>Production waits for evidence over hours; <c>local</c> shows the same steps on a laptop within minutes; <c>smoke</c> turns
/// the loop once within two. No service has an accelerated clock: only windows and waits differ.</remarks>
public sealed record LoopProfile
{
    /// <summary>The configuration section that holds it.</summary>
    public const string Section = "Loop";

    /// <summary><c>production</c>, <c>local</c> or <c>smoke</c>.</summary>
    public string Profile { get; init; } = "production";

    /// <summary>Length of the event-time windows that rows are made of.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Length of the windows that detectors judge.</summary>
    public TimeSpan DetectorWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A window closes at 90 % outcome coverage, or after this long.</summary>
    public TimeSpan WindowTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Rows that a first (provisional) model needs.</summary>
    public int FirstModelRows { get; init; } = 2_000;

    /// <summary>Rows that later models need.</summary>
    public int ModelRows { get; init; } = 5_000;

    /// <summary>Time that a later model's rows must span.</summary>
    public TimeSpan ModelSpan { get; init; } = TimeSpan.FromDays(6.5);

    /// <summary>Newest rows held out; zero: <see cref="HoldoutShare"/> instead.</summary>
    public TimeSpan HoldoutSpan { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Newest share of rows held out for a first model, and where <see cref="HoldoutSpan"/> is zero.</summary>
    public double HoldoutShare { get; init; } = 0.2;

    /// <summary>Least time between two starts of a training.</summary>
    public TimeSpan BetweenStarts { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Windows for which detectors keep quiet after a promotion.</summary>
    public int QuietWindows { get; init; } = 24;

    /// <summary>How long a challenger predicts beside the champion, at least.</summary>
    public TimeSpan ShadowTime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Decisions that a shadow must have seen.</summary>
    public int ShadowDecisions { get; init; } = 5_000;

    /// <summary>Shares of clients that a canary is given, one after the other.</summary>
    public IReadOnlyList<double> CanaryShares { get; init; } = [0.05, 0.25, 0.5, 1];

    /// <summary>How long each canary share lasts, at least.</summary>
    public TimeSpan CanaryTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Decisions that each canary share must have seen.</summary>
    public int CanaryDecisions { get; init; } = 1_000;

    /// <summary>How long a promoted model is watched and may be taken back.</summary>
    public TimeSpan WatchTime { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>What a cluster runs with.</summary>
    public static LoopProfile Production { get; } = new();

    /// <summary>What a laptop runs with.</summary>
    public static LoopProfile Local { get; } = new()
    {
        Profile = "local",
        Window = TimeSpan.FromSeconds(5),
        DetectorWindow = TimeSpan.FromMinutes(1),
        WindowTimeout = TimeSpan.FromSeconds(15),
        FirstModelRows = 1_000,
        ModelRows = 1_000,
        ModelSpan = TimeSpan.Zero,
        HoldoutSpan = TimeSpan.Zero,
        BetweenStarts = TimeSpan.FromMinutes(2),
        QuietWindows = 3,
        ShadowTime = TimeSpan.FromSeconds(20),
        ShadowDecisions = 300,
        CanaryShares = [0.25, 1],
        CanaryTime = TimeSpan.FromSeconds(20),
        CanaryDecisions = 200,
        WatchTime = TimeSpan.FromMinutes(2),
    };

    /// <summary>What the end-to-end run uses.</summary>
    public static LoopProfile Smoke { get; } = Local with
    {
        Profile = "smoke",
        Window = TimeSpan.FromSeconds(1),
        DetectorWindow = TimeSpan.FromSeconds(10),
        WindowTimeout = TimeSpan.FromSeconds(3),
        BetweenStarts = TimeSpan.FromSeconds(20),
        QuietWindows = 1,
        ShadowTime = TimeSpan.FromSeconds(5),
        ShadowDecisions = 200,
        CanaryTime = TimeSpan.FromSeconds(5),
        CanaryDecisions = 100,
        WatchTime = TimeSpan.FromSeconds(15),
    };

    /// <summary>The profile by name; the caller binds section <c>Loop</c> over it.</summary>
    /// <exception cref="ArgumentException">No such profile.</exception>
    public static LoopProfile Named(string? name) => name switch
    {
        null or "" or "production" => Production,
        "local" => Local,
        "smoke" => Smoke,
        _ => throw new ArgumentException($"Loop:Profile is '{name}'; it must be production, local or smoke."),
    };
}
