using System.Globalization;
using System.Text;
using RateLimitSuite.Benchmarks.Loop.Policies;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.Limiter;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Turn;

/// <summary>The demo's policy in virtual time: the Limiter's engine and control loop, and the drift monitor's windows behind them.</summary>
internal sealed class TurnLimiter
{
    private const string BackendName = "shop";

    private readonly VirtualTime _time = new();
    private readonly ClientTable _clients = new(65_536);
    private readonly ModelHolder _models = new();
    private readonly PolicyHolder _policies = new();
    private readonly BackendDirectory _backends = new();
    private readonly DecisionEngine _engine;
    private readonly ControlLoop _control;
    private readonly Policy _policy;
    private readonly PartitionWindows _windows;
    private readonly double[] _features = new double[FeatureSchema.V1.Count];
    private long _number;

    /// <param name="windows">How the drift monitor cuts windows.</param>
    public TurnLimiter(WindowOptions windows)
    {
        var policy = new Policy { Name = "demo", Domain = PolicySet.DefaultDomain, Backend = BackendName, Model = ModelMode.On, FallbackRate = 20, BurstSeconds = 2 };
        var set = new PolicySet([policy], [new BackendOptions { Name = BackendName }]);
        _policy = _policies.Swap(set).Policies[0];
        _backends.Apply(set.Backends);
        var clock = new LimiterClock(_time);
        var key = new ExperimentKey("simulated");
        _engine = new(_clients, _models, _backends, FeatureSchema.V1, clock, key);
        _control = new(_clients, _backends, _policies, _models, clock, key);
        _windows = new(windows);
    }

    /// <summary>The backend's parent rate, tokens/s.</summary>
    public double ParentRate => _backends.Find(BackendName).Controller.ParentRate;

    /// <summary>Decides.</summary>
    /// <param name="asked">As Traffic makes it.</param>
    /// <param name="now">Seconds of the run.</param>
    /// <param name="requestId">Receives the name under which its outcome is reported.</param>
    public bool Decide(DecideRequest asked, double now, out string requestId)
    {
        _time.Seconds = now;
        requestId = (++_number).ToString(CultureInfo.InvariantCulture);
        _features.AsSpan().Fill(double.NaN);
        _features[FeatureSchema.ClientRisk] = FeatureSchema.Canonical(asked.Features.ClientRisk);
        _features[FeatureSchema.IpReputation] = FeatureSchema.Canonical(asked.Features.IpReputation);
        _features[FeatureSchema.RequestSize] = FeatureSchema.Canonical(asked.Features.HasRequestSize ? asked.Features.RequestSize : 0);
        var record = DecisionRecord.Empty;
        _engine.Decide(
            new DecisionRequest { Policy = _policy, ClientId = Encoding.UTF8.GetBytes(asked.ClientId), Cost = 1, Features = _features, Now = _time.Elapsed },
            ref record);
        if (record.Backend is { } backend && record.Allowed && backend.Admissions.Add(requestId, new OpenAdmission(record.Client, 1, _time.Elapsed)))
        {
            backend.Controller.Admitted(1, _time.Elapsed);
        }

        _windows.Add(DecisionMessages.ToEvent(asked, requestId, null, _policy, record, _features, Us(now)), FeatureSchema.V1.Hash, Us(now));
        return record.Allowed;
    }

    /// <summary>Takes in what became of an admission.</summary>
    public void Report(string requestId, double completedAt, double latency, OutcomeClass outcome, double now)
    {
        _time.Seconds = now;
        var backend = _backends.Find(BackendName);
        if (!backend.Admissions.TryTake(requestId, out var admission))
        {
            return;
        }

        using (var entry = _clients.Enter(admission.Client))
        {
            if (entry.Exists && outcome is OutcomeClass.Ok or OutcomeClass.ClientError)
            {
                entry.State.Activity.AddLatency(latency, _time.Elapsed);
            }
        }

        backend.Controller.Completed(admission.At, latency, outcome, admission.Cost, _time.Elapsed);
        _windows.Add(new OutcomeEvent
        {
            RequestId = requestId,
            CompletedAtUs = Us(completedAt),
            LatencyS = latency,
            Class = outcome,
            Cost = admission.Cost,
            ReportedAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(_time.GetUtcNow()),
        }, Us(_time.Seconds));
    }

    /// <summary>Runs the control loop, and labels what can be labelled.</summary>
    public IReadOnlyList<LabelledWindow> Tick(double now)
    {
        _time.Seconds = now;
        _control.Tick(_time.Elapsed);
        return _windows.Advance();
    }

    /// <summary>Every window that ended by this moment is labelled.</summary>
    public double LabelledThrough => (_windows.LabelledThroughUs - Us(0)) / 1e6;

    /// <summary>Serves a model from now on.</summary>
    public void Serve(string version, TreeEnsemble model) =>
        _models.Swap(new ModelSnapshot { Champion = new LoadedModel(version, "", Predictor.Compile(model)) });

    private static long Us(double seconds) => ((VirtualTime.Start - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) + (long)(seconds * 1e6);
}
