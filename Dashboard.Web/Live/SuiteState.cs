using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>The one place where all feeds write and from which all pages are pushed, so that fifty viewers cost the services no more than one.</summary>
internal sealed class SuiteState(TimeProvider time)
{
    private const int RatesKept = 600;
    private const int SentencesKept = 40;

    private readonly Lock _lock = new();
    private readonly Ring<RatePoint> _rates = new(RatesKept);
    private readonly Ring<Explanation> _sentences = new(SentencesKept);
    private Snapshot? _snapshot;

    /// <summary>A new <see cref="Current"/> is there. Handlers must return at once.</summary>
    public event Action? Changed;

    public Source<LimiterStatus> Limiter { get; } = new("limiter", time);

    public Source<DriftView> Drift { get; } = new("drift monitor", time);

    public Source<TrainerView> Trainer { get; } = new("trainer", time);

    public Source<ExplainerStatus> Explainer { get; } = new("explainer", time);

    public Source<ClientsView> Clients { get; } = new("limiter", time);

    public ShapWindow Shap { get; } = new(time);

    /// <summary>Why nothing new comes from topic shap-values; empty: nothing is known to be wrong.</summary>
    public string BrokerProblem { get; set; } = "";

    public Snapshot Current => _snapshot ?? Take(ShapView.Empty);

    public bool HasViewers => Changed is not null;

    /// <summary>Open pages that are pushed to.</summary>
    public int Viewers => Changed?.GetInvocationList().Length ?? 0;

    public void AddRate(RatePoint point)
    {
        lock (_lock)
        {
            _rates.Add(point);
        }
    }

    public void AddSentence(Explanation explanation)
    {
        lock (_lock)
        {
            if (!_sentences.Newest(SentencesKept).Any(e => e.RequestId == explanation.RequestId))
            {
                _sentences.Add(explanation);
            }
        }
    }

    /// <summary>Takes a new snapshot and pushes it to the pages.</summary>
    public void Publish()
    {
        _snapshot = Take(Shap.Read());
        Changed?.Invoke();
    }

    private Snapshot Take(ShapView shap)
    {
        lock (_lock)
        {
            return new Snapshot(
                time.GetUtcNow(), Limiter.Answer, Drift.Answer, Trainer.Answer, Explainer.Answer, Clients.Answer, _rates.ToArray(), shap, _sentences.Newest(SentencesKept))
            {
                BrokerProblem = BrokerProblem,
            };
        }
    }
}
