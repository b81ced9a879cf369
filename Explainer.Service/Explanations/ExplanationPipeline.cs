using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Background;
using RateLimitSuite.Explainer.Events;
using RateLimitSuite.Explainer.Models;
using RateLimitSuite.Explainer.Snapshots;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>Takes decisions from a bounded queue, explains what the budget allows, and hands the result to Kafka, store and listeners.</summary>
internal sealed partial class ExplanationPipeline : BackgroundService
{
    // 9999-12-31, the last day of a timestamp.
    private const long LatestUs = 253_402_214_400_000_000;

    private readonly Channel<Work> _queue;
    private readonly ModelShelf _shelf;
    private readonly ExplanationEngine _engine;
    private readonly BackgroundWindow _window;
    private readonly ShapPublisher _publisher;
    private readonly ExplanationStore _store;
    private readonly RecentExplanations _recent;
    private readonly ExplanationFeed _feed;
    private readonly HourlySums _hours;
    private readonly ExplainerMetrics _metrics;
    private readonly ExplanationBudget _budget;
    private readonly ILogger<ExplanationPipeline> _log;
    private readonly int _featureCount;

    public ExplanationPipeline(
        IOptions<ExplainerOptions> options, FeatureSchema schema, ModelShelf shelf, ExplanationEngine engine, BackgroundWindow window,
        ShapPublisher publisher, ExplanationStore store, RecentExplanations recent, ExplanationFeed feed, HourlySums hours,
        ExplainerMetrics metrics, TimeProvider time, ILogger<ExplanationPipeline> log)
    {
        (_shelf, _engine, _window, _publisher, _store, _recent, _feed, _hours, _metrics, _log) =
            (shelf, engine, window, publisher, store, recent, feed, hours, metrics, log);
        _featureCount = schema.Count;
        _budget = new ExplanationBudget(options.Value.CpuBudget, time, Random.Shared);
        _queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(options.Value.QueueLength)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait,
        });
    }

    /// <summary>Queues a decision; where the queue is full it is dropped, counted and false comes back.</summary>
    /// <param name="decision">With features of the schema and a model version.</param>
    /// <param name="done">Told how it ended, from the pipeline's thread.</param>
    public bool TryEnqueue(Decision decision, SubmissionCounts done)
    {
        if (_queue.Writer.TryWrite(new Work(decision, done)))
        {
            return true;
        }

        _metrics.Dropped("queue_full");
        done.AddSampledOut();
        return false;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var work in _queue.Reader.ReadAllAsync(stoppingToken))
            {
                await HandleAsync(work, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async ValueTask HandleAsync(Work work, CancellationToken cancellation)
    {
        var decision = work.Decision;
        if (decision.Features.Count != _featureCount)
        {
            Fail(work, "wrong_schema");
            return;
        }

        if (!IsSound(decision))
        {
            Fail(work, "malformed");
            return;
        }

        AddToBackground(decision);
        var version = ExplanationEngine.VersionOf(decision);
        if (version.Length == 0)
        {
            _metrics.Dropped("no_model");
            work.Counts.AddSampledOut();
            return;
        }

        if (!_budget.Admit())
        {
            _metrics.Dropped("over_budget");
            work.Counts.AddSampledOut();
            return;
        }

        try
        {
            var model = _shelf.Find(version) ?? await _shelf.GetAsync(version, cancellation);
            if (model.FeatureCount != _featureCount)
            {
                Fail(work, "wrong_schema");
                return;
            }

            var started = Stopwatch.GetTimestamp();
            Deliver(_engine.Explain(decision, model, _budget.Probability));
            var elapsed = Stopwatch.GetElapsedTime(started);
            _budget.Spent(elapsed);
            _metrics.Explained(elapsed);
            work.Counts.AddExplained();
        }
        catch (ModelUnavailableException fault)
        {
            Log.NoModel(_log, fault.Message);
            Fail(work, "model_unavailable");
        }
    }

    // What store or JSON cannot keep would take its whole batch along: U+0000, a time that is none, numbers that are none.
    private static bool IsSound(Decision decision)
    {
        foreach (var feature in decision.Features)
        {
            if (!double.IsFinite(feature))
            {
                return false;
            }
        }

        return decision.RequestId.Length > 0 && decision.DecidedAtUs is > 0 and <= LatestUs && double.IsFinite(decision.RefillRate)
            && !(HasNul(decision.RequestId) || HasNul(decision.ClientId) || HasNul(decision.Subnet) || HasNul(decision.Policy) || HasNul(decision.Backend));
    }

    private static bool HasNul(string text) => text.Contains('\0');

    private void AddToBackground(Decision decision)
    {
        Span<double> row = stackalloc double[FeatureSchema.MaximumCount];
        for (var i = 0; i < _featureCount; i++)
        {
            row[i] = decision.Features[i];
        }

        _window.Add(row[.._featureCount]);
    }

    private void Deliver(ExplainedDecision explanation)
    {
        _recent.Add(explanation);
        _publisher.Publish(explanation);
        _feed.Publish(explanation);
        _store.Enqueue(explanation);
        _hours.Add(explanation);
        _metrics.Attributed(explanation);
    }

    private void Fail(Work work, string cause)
    {
        _metrics.Dropped(cause);
        work.Counts.AddFailed();
    }

    private readonly record struct Work(Decision Decision, SubmissionCounts Counts);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "A decision could not be explained: {Problem}")]
        public static partial void NoModel(ILogger logger, string problem);
    }
}
