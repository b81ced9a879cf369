using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Runs;
using RateLimitSuite.Trainer.Training;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Starter;

/// <summary>Puts the model of <see cref="TrainerOptions.Starter"/> into shadow where the registry is empty, so that there is something to explain from the
/// first decision on.</summary>
/// <remarks>A first model of the suite's own rows takes more than a minute: labels are made of the windows after a decision, and a hold-out must not
/// share its truth with what is trained on. The starter is of other traffic, so it governs nobody, is never tried or promoted by itself, and the first
/// candidate that passes its gates takes its place.</remarks>
internal sealed partial class StarterModel(
    SuiteDatabase tables, Leadership leadership, ModelRegistry registry, ModelRegistryReader reader, FeatureSchema schema, IOptions<TrainerOptions> options,
    TimeProvider time, ILogger<StarterModel> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Starter.Length == 0)
        {
            return;
        }

        await tables.Ready;
        await leadership.RunAsync(BeginAsync, stoppingToken);
    }

    /// <summary>Where a path is looked for: relative ones beside the program.</summary>
    internal static string FileOf(string path) => Path.Combine(AppContext.BaseDirectory, path);

    private async Task BeginAsync(CancellationToken term)
    {
        try
        {
            if (!await IsEmptyAsync(term))
            {
                return;
            }

            var file = FileOf(options.Value.Starter);
            var text = await File.ReadAllBytesAsync(file, term);
            var candidate = ToCandidate(text, Check(ServingModel.Parse(text)));
            await registry.RegisterAsync(candidate, term);
            if (candidate.RejectedBecause.Length > 0)
            {
                LogRefused(file, candidate.RejectedBecause);
                return;
            }

            await registry.StartShadowAsync(candidate.Version, term, "the registry was empty");
            LogWatched(candidate.Version, file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ModelFormatException or RegistryConflictException or NpgsqlException)
        {
            LogSkipped(options.Value.Starter, fault.Message);
        }
    }

    private async Task<bool> IsEmptyAsync(CancellationToken term)
    {
        var serving = await registry.GetServingAsync(term);
        return !serving.HasChampion && serving.Challenger.Length == 0 && (await reader.ListAsync(1, cancellationToken: term)).Count == 0;
    }

    private GateOutcome Check(ServingModel model)
    {
        if (!model.Ensemble.FeatureNames.SequenceEqual(schema.Names))
        {
            return GateOutcome.Of(ModelKinds.Starter, false, new Numbers(), $"its features are not those of schema {schema.Version}: {string.Join(", ", schema.Names)}");
        }

        var (least, greatest) = (options.Value.EnvelopeMinimum, options.Value.EnvelopeMaximum);
        var outside = EdgeCases.Fixed(schema).Count(features => !(model.Predictor.Predict(features) is var prediction && prediction > least && prediction < greatest));
        return GateOutcome.Of(ModelKinds.Starter, outside == 0, new Numbers().With("edge_cases_outside", outside), outside == 0
            ? "made of other traffic: it is watched, and governs nobody"
            : string.Create(CultureInfo.InvariantCulture, $"{outside} edge cases are not over {least} and under {greatest} tokens/s"));
    }

    private Candidate ToCandidate(byte[] text, GateOutcome outcome) => new()
    {
        Text = text,
        CreatedAt = time.GetUtcNow(),
        Kind = ModelKinds.Starter,
        Engine = "native",
        Reason = ModelKinds.Starter,
        SchemaHash = schema.Hash,
        DataHash = "",
        Rows = 0,
        ParametersJson = "{}",
        MetricsJson = JsonSerializer.Serialize(new { file = options.Value.Starter }),
        Gates = [outcome],
    };

    [LoggerMessage(LogLevel.Information, "The registry was empty: starter model {Version} of {File} is watched until a model of this suite's own traffic takes its place.")]
    private partial void LogWatched(string version, string file);

    [LoggerMessage(LogLevel.Warning, "Starter model {File} was refused: {Reason}")]
    private partial void LogRefused(string file, string reason);

    [LoggerMessage(LogLevel.Warning, "Starter model {File} is not used: {Problem}")]
    private partial void LogSkipped(string file, string problem);
}
