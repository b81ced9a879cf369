using System.Text;
using RateLimitSuite.Benchmarks.Loop.World;
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

namespace RateLimitSuite.Benchmarks.Loop.Policies;

/// <summary>The suite's own limiter in virtual time: its engine, buckets and control loop, and its drift monitor's windows behind it.</summary>
internal sealed class ProductLimiter : IAdmission
{
    private const string BackendName = "backend";

    private readonly VirtualTime _time = new();
    private readonly LoopWorld _world;
    private readonly byte[][] _ids;
    private readonly ClientTable _clients = new(4096);
    private readonly ModelHolder _models = new();
    private readonly PolicyHolder _policies = new();
    private readonly BackendDirectory _backends = new();
    private readonly DecisionEngine _engine;
    private readonly ControlLoop _control;
    private readonly Policy _policy;
    private readonly PartitionWindows? _windows;
    private readonly double[] _features = new double[FeatureSchema.V1.Count];
    private int _versions;

    /// <param name="world">Whose clients it limits.</param>
    /// <param name="model">Whether a model sets guarantees, once there is one.</param>
    /// <param name="structure">Whether there are parent bucket, fair split and in-flight cap; else the model alone sets each bucket.</param>
    /// <param name="windows">How the drift monitor cuts windows; null: nothing is learnt.</param>
    public ProductLimiter(LoopWorld world, bool model, bool structure, WindowOptions? windows)
    {
        _world = world;
        _ids = [.. world.Clients.Select(c => Encoding.UTF8.GetBytes(c.Name))];
        var policy = new Policy
        {
            Name = "simulated",
            Domain = PolicySet.DefaultDomain,
            Backend = structure ? BackendName : "",
            Model = model ? ModelMode.On : ModelMode.Off,
            FallbackRate = LoopWorld.NominalCapacity / world.Clients.Count,
            TrustCallerFeatures = true,
        };
        var set = new PolicySet([policy], structure ? [new BackendOptions { Name = BackendName, InitialRate = LoopWorld.NominalCapacity }] : []);
        _policy = _policies.Swap(set).Policies[0];
        _backends.Apply(set.Backends);
        var clock = new LimiterClock(_time);
        var key = new ExperimentKey("simulated");
        _engine = new(_clients, _models, _backends, FeatureSchema.V1, clock, key);
        _control = new(_clients, _backends, _policies, _models, clock, key);
        _windows = windows is null ? null : new(windows);
    }

    /// <summary>Labelled windows that the learner has not taken yet.</summary>
    public List<LabelledWindow> Labelled { get; } = [];

    public bool Decide(in Request request)
    {
        _time.Seconds = request.At;
        var client = _world.Clients[request.Client];
        _features.AsSpan().Fill(double.NaN);
        _features[FeatureSchema.HourOfDay] = Math.Floor(Day.HourAt(request.At));
        _features[FeatureSchema.ClientRisk] = _world.Scenario.PoisonedRisk && request.At >= 5 * Day.Seconds ? 0 : client.Risk;
        _features[FeatureSchema.RequestSize] = 1000 * request.Cost;
        _features[FeatureSchema.IpReputation] = 1 - client.Risk;
        var record = DecisionRecord.Empty;
        _engine.Decide(
            new DecisionRequest { Policy = _policy, ClientId = _ids[request.Client], Cost = request.Cost, Features = _features, Now = _time.Elapsed },
            ref record);
        var id = IdOf(request);
        if (record.Backend is { } backend && record.Allowed && backend.Admissions.Add(id, new OpenAdmission(record.Client, request.Cost, _time.Elapsed)))
        {
            backend.Controller.Admitted(request.Cost, _time.Elapsed);
        }

        if (_windows is not null)
        {
            var asked = new DecideRequest { ClientId = client.Name, Attempt = (uint)request.Attempt };
            var decision = DecisionMessages.ToEvent(asked, id, null, _policy, record, _features, Us(request.At));
            _windows.Add(decision, FeatureSchema.V1.Hash, Us(request.At));
        }

        return record.Allowed;
    }

    public void Report(in Request request, double latency, OutcomeClass outcome, double now)
    {
        _time.Seconds = now;
        var id = IdOf(request);
        if (_policy.Backend.Length > 0)
        {
            var backend = _backends.Find(_policy.Backend);
            if (!backend.Admissions.TryTake(id, out var admission))
            {
                return;
            }

            AddLatency(_clients.Enter(admission.Client), latency, outcome, _time.Elapsed);
            backend.Controller.Completed(admission.At, latency, outcome, admission.Cost, _time.Elapsed);
        }
        else
        {
            AddLatency(_clients.EnterKnown(_ids[request.Client], _policy.Number), latency, outcome, _time.Elapsed);
        }

        _windows?.Add(new OutcomeEvent
        {
            RequestId = id,
            CompletedAtUs = Us(request.At + latency),
            LatencyS = latency,
            Class = outcome,
            Cost = request.Cost,
            ReportedAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(_time.GetUtcNow()),
        }, Us(_time.Seconds));
    }

    public void Tick(double now)
    {
        _time.Seconds = now;
        _control.Tick(_time.Elapsed);
        if (_windows is not null)
        {
            _windows.CaughtUp(Us(now) - 1);
            Labelled.AddRange(_windows.Advance());
        }
    }

    /// <summary>Serves a model from now on.</summary>
    public void Serve(TreeEnsemble model)
    {
        var version = $"m{++_versions}";
        _models.Swap(new ModelSnapshot { Champion = new LoadedModel(version, "", Predictor.Compile(model)) });
    }

    private static void AddLatency(ClientEntry entry, double latency, OutcomeClass outcome, TimeSpan now)
    {
        using (entry)
        {
            if (entry.Exists && outcome is OutcomeClass.Ok or OutcomeClass.ClientError)
            {
                entry.State.Activity.AddLatency(latency, now);
            }
        }
    }

    private static string IdOf(in Request request) => request.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static long Us(double seconds) => ((VirtualTime.Start - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) + (long)(seconds * 1e6);
}
