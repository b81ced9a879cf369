using Microsoft.Extensions.Options;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Runs;

/// <summary>Asks for trainings that nobody else asks for: the first, as soon as there are rows for it, and the nightly one.</summary>
internal sealed partial class Schedule(
    SuiteDatabase tables, Leadership leadership, TrainingQueue queue, ModelRegistry registry, MetricsExtractor extractor, ITrainingEngine engine,
    LoopProfile profile, IOptions<TrainerOptions> options, TimeProvider time, ILogger<Schedule> logger) : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private bool _engineMissing;
    private bool _failing;
    private int _rows;

    /// <summary>Labelled rows at the last count, counted up to what a training needs.</summary>
    public int RowsAvailable => _rows;

    /// <summary>When the next nightly training is due; null: there is none.</summary>
    public DateTimeOffset? NextNightly { get; private set; }

    // Often enough that the first model is not kept waiting, seldom enough that counting costs nothing.
    private TimeSpan Pause => profile.Window < Longest ? profile.Window : Longest;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await tables.Ready;
        while (!stoppingToken.IsCancellationRequested)
        {
            await leadership.RunAsync(LeadAsync, stoppingToken);
        }
    }

    /// <summary>The next time of day after a moment.</summary>
    internal static DateTimeOffset NextAt(DateTimeOffset now, TimeOnly timeOfDay)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date + timeOfDay.ToTimeSpan(), TimeSpan.Zero);
        return today > now ? today : today.AddDays(1);
    }

    private async Task LeadAsync(CancellationToken term)
    {
        NextNightly = options.Value.Nightly ? NextAt(time.GetUtcNow(), options.Value.NightlyAt) : null;
        while (true)
        {
            try
            {
                await LookAsync(term);
                _failing = false;
            }
            catch (NpgsqlException fault) when (!term.IsCancellationRequested)
            {
                if (!_failing)
                {
                    LogDatabaseAway(fault);
                }

                _failing = true;
            }

            await Task.Delay(Pause, time, term);
        }
    }

    private async Task LookAsync(CancellationToken term)
    {
        var hasChampion = (await registry.GetServingAsync(term)).HasChampion;
        var needed = hasChampion ? profile.ModelRows : profile.FirstModelRows;
        _rows = await extractor.CountAsync(options.Value.History, needed, term);
        if (!hasChampion && queue.IsIdle && _rows >= needed && EngineReady())
        {
            await queue.RequestAsync("first", $"{_rows} rows are there", "", force: false, term);
        }

        if (NextNightly is { } due && time.GetUtcNow() >= due)
        {
            // The night is the key, so that a second leader in the same night starts nothing.
            await queue.RequestAsync("nightly", "", $"nightly:{due:yyyy-MM-dd}", force: false, term);
            NextNightly = NextAt(time.GetUtcNow(), options.Value.NightlyAt);
        }
    }

    private bool EngineReady()
    {
        if (engine.Problem is not { } problem)
        {
            _engineMissing = false;
            return true;
        }

        if (!_engineMissing)
        {
            _engineMissing = true;
            LogEngineMissing(problem, Pause.TotalSeconds);
        }

        return false;
    }

    [LoggerMessage(LogLevel.Warning, "There are rows for a first model, but its engine is not ready: {Problem} Trying again every {Seconds} s.")]
    private partial void LogEngineMissing(string problem, double seconds);

    [LoggerMessage(LogLevel.Warning, "The database is away; nothing is scheduled until it is back.")]
    private partial void LogDatabaseAway(Exception fault);
}
