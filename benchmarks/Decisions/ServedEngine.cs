using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Decisions;

/// <summary>The Limiter's engine as it serves, without what is around it: one policy, one model, a bucket that allows.</summary>
internal sealed class ServedEngine
{
    private readonly LimiterClock _clock = new(TimeProvider.System);
    private readonly DecisionEngine _engine;
    private readonly Policy _policy;
    private readonly ClientTable _clients;

    public ServedEngine(Predictor predictor, int clients)
    {
        var policies = new PolicyHolder();
        var models = new ModelHolder();
        _policy = policies.Swap(new PolicySet([new Policy { Name = "bench", Domain = "default", Capacity = 1e9, ColdStart = 1 }], [])).Policies[0];
        models.Swap(new ModelSnapshot { Champion = new LoadedModel("bench", "", predictor) });

        // Shards fill unevenly: room for five standard deviations more than the mean, so that nobody is evicted.
        var shard = clients / 256.0;
        var room = (int)(256 * (shard + (5 * Math.Sqrt(shard))));
        _clients = new ClientTable(Math.Max(4096, room));
        _engine = new DecisionEngine(_clients, models, new BackendDirectory(), FeatureSchema.V1, _clock, new ExperimentKey(null));
    }

    /// <summary>Bytes that the clients take outside the collector's heap.</summary>
    public long NativeBytes => _clients.NativeBytes;

    /// <inheritdoc cref="DecisionEngine.ExpectIndex"/>
    public ClientFingerprint ExpectIndex(ReadOnlySpan<byte> client) => _engine.ExpectIndex(client, _policy);

    /// <inheritdoc cref="DecisionEngine.ExpectState"/>
    public ClientHandle ExpectState(ClientFingerprint client) => _engine.ExpectState(client);

    /// <summary>The Limiter's time.</summary>
    public TimeSpan Now => _clock.Now;

    /// <summary>Decides about one request at the present time.</summary>
    public void Decide(ReadOnlySpan<byte> client) => Decide(client, GivenFeatures.Alike);

    /// <summary>Decides about one request at the present time.</summary>
    public void Decide(ReadOnlySpan<byte> client, in GivenFeatures given)
    {
        var expected = _engine.Expect(client, _policy);
        Decide(client, expected, _clock.Now, given);
    }

    /// <summary>Decides about one request of a message, all of which came at the same time.</summary>
    public void Decide(ReadOnlySpan<byte> client, ClientHandle expected, TimeSpan now, in GivenFeatures given)
    {
        Span<double> features = [double.NaN, double.NaN, given.ClientRisk, double.NaN, given.RequestSize, given.IpReputation];
        var record = DecisionRecord.Empty;
        _engine.Decide(new DecisionRequest { Policy = _policy, ClientId = client, Client = expected, Cost = 1, Features = features, Now = now }, ref record);
    }
}
