using System.Net;
using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Leases;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Limiter.Tests;

/// <summary>An engine with its parts, a clock that a test moves, and no I/O.</summary>
internal sealed class EngineRig
{
    public EngineRig(Policy? policy = null, int clientsMax = 4096, params BackendOptions[] backends)
        : this(policy, clientsMax, null, backends)
    {
    }

    public EngineRig(Policy? policy, int clientsMax, SharedBuckets? shared, params BackendOptions[] backends)
    {
        Clients = new ClientTable(clientsMax, shared is not null);
        Clock = new LimiterClock(Time);
        Policies = new PolicyHolder(Time);
        Backends.Apply(backends);
        Policies.Swap(new PolicySet([policy ?? new Policy { Name = "default", Domain = "default" }], backends));
        Engine = new DecisionEngine(Clients, Models, Backends, FeatureSchema.V1, Clock, Key, shared);
        Loop = new ControlLoop(Clients, Backends, Policies, Models, Clock, Key);
    }

    public ManualTimeProvider Time { get; } = new();

    public LimiterClock Clock { get; }

    public ClientTable Clients { get; }

    public ModelHolder Models { get; } = new();

    public PolicyHolder Policies { get; }

    public BackendDirectory Backends { get; } = new();

    public DecisionEngine Engine { get; }

    public ControlLoop Loop { get; }

    public ExperimentKey Key { get; } = new("test");

    public Policy Policy => Policies.Current.Policies[0];

    public double[] LastFeatures { get; } = new double[FeatureSchema.V1.Count];

    public DecisionRecord Decide(
        string client = "a", double cost = 1, double risk = double.NaN, double volume = double.NaN, IPAddress? address = null, ActiveOverride? over = null,
        string requestId = "", Policy? policy = null)
    {
        LastFeatures.AsSpan().Fill(double.NaN);
        LastFeatures[FeatureSchema.ClientRisk] = risk;
        LastFeatures[FeatureSchema.RequestVolume] = volume;
        var record = DecisionRecord.Empty;
        Engine.Decide(
            new DecisionRequest
            {
                Policy = policy ?? Policy,
                ClientId = Encoding.UTF8.GetBytes(client),
                ClientName = client,
                RequestId = requestId,
                Address = address,
                Cost = cost,
                Features = LastFeatures,
                Override = over,
                Now = Clock.Now,
            },
            ref record);
        return record;
    }

    /// <summary>Serves one model to everybody.</summary>
    public void Serve(LoadedModel champion) => Models.Swap(new ModelSnapshot { Champion = champion });

    public void Pass(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));
}
