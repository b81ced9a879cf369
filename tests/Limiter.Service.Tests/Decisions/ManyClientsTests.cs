using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Decisions;

[Collection(nameof(Alone))]
public sealed class ManyClientsTests : IDisposable
{
    private const int Bound = 100_000;
    private const int Strangers = 1_050_000;
    private const int Regulars = 1_000;
    private const double RegularShare = 0.1;

    // Buckets are full again 0.1 s (a stranger's one token) to 0.5 s after: whoever has been away for that long may be forgotten.
    private static readonly Policy Plain = new() { Name = "p", Domain = "default", Capacity = 5, ColdStart = 1, FallbackRate = 10 };

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly EngineRig _rig = new(Plain, Bound);
    private readonly HeavyHitters _heaviest = new();
    private readonly LimiterMetrics _metrics;
    private readonly ReferenceBucket[] _regulars = [.. Enumerable.Range(0, Regulars).Select(_ => new ReferenceBucket(5, 10))];
    private readonly Random _random = new(8);
    private readonly double[] _features = new double[FeatureSchema.V1.Count];
    private int _wrong;

    public ManyClientsTests() => _metrics = new LimiterMetrics(_services.GetRequiredService<IMeterFactory>());

    [Fact]
    public void Decide_OverAMillionDistinctClients_StaysWithinTheBoundAndIsRight()
    {
        Ask(0, 200_000);
        var (measurements, atBound) = (Measurements(), GC.GetTotalMemory(forceFullCollection: true));

        Ask(200_000, Strangers);
        var after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.True(_wrong == 0, $"{_wrong} wrong, {_rig.Clients.Evicted} evicted, {_rig.Clients.Refused} refused");
        Assert.InRange(_rig.Clients.Count, Bound * 9 / 10, Bound + 256);   // rounded up to shards
        Assert.True(_rig.Clients.Evicted >= Strangers - Bound, $"{_rig.Clients.Evicted} evicted");
        Assert.Equal(0, _rig.Clients.Refused);
        Assert.True(after < atBound * 1.05, $"{atBound} bytes became {after}");
        Assert.Equal(measurements, Measurements());
        Assert.Equal(2 * Strangers + _regulars.Sum(r => r.Asked), _metrics.Decisions);
        Assert.All(_heaviest.Top(5, Now(Strangers)), c => Assert.StartsWith("regular-", Encoding.UTF8.GetString(c.IdUtf8), StringComparison.Ordinal));
    }

    public void Dispose() => _services.Dispose();

    // A stranger asks for all it may have, and at once for more; the regulars come back again and again, and a reference knows their buckets.
    private void Ask(int from, int to)
    {
        Span<byte> id = stackalloc byte[24];
        for (var i = from; i < to; i++)
        {
            Encoding.UTF8.TryGetBytes($"stranger-{i}", id, out var length);
            _wrong += Decide(id[..length], 5, Now(i)) ? 0 : 1;
            _wrong += Decide(id[..length], 1, Now(i)) ? 1 : 0;
            if (_random.NextDouble() < RegularShare)
            {
                // The first ones far more often than the last: some are throttled, some forgotten in between.
                var regular = (int)(Regulars * Math.Pow(_random.NextDouble(), 6));
                Encoding.UTF8.TryGetBytes($"regular-{regular}", id, out length);
                _wrong += Decide(id[..length], 1, Now(i)) == _regulars[regular].Ask(1, Now(i)) ? 0 : 1;
            }
        }
    }

    private bool Decide(ReadOnlySpan<byte> client, double cost, TimeSpan now)
    {
        _features.AsSpan().Fill(double.NaN);
        var record = DecisionRecord.Empty;
        _rig.Engine.Decide(new DecisionRequest { Policy = _rig.Policy, ClientId = client, Cost = cost, Features = _features, Now = now }, ref record);
        _metrics.Decided(_rig.Policy.Name, record);
        _heaviest.Count(ClientFingerprint.Of(client, _rig.Policy.Number), client, _rig.Policy.Number, !record.Allowed, now);
        return record.Allowed;
    }

    private static TimeSpan Now(int stranger) => TimeSpan.FromMicroseconds(stranger * 16L);

    // How many series a scrape would get.
    private int Measurements()
    {
        var count = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (ReferenceEquals(instrument.Meter, _metrics.Meter))
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => count++);
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => count++);
        listener.Start();
        listener.RecordObservableInstruments();
        return count;
    }

    /// <summary>A bucket as one would write it down: full at first, refilled with time.</summary>
    private sealed class ReferenceBucket(double capacity, double rate)
    {
        private double _missing;
        private TimeSpan _at;

        public long Asked { get; private set; }

        public bool Ask(double cost, TimeSpan now)
        {
            Asked++;
            _missing = Math.Max(0, _missing - (rate * (now - _at).TotalSeconds));
            _at = now;
            if (_missing + cost > capacity + 1e-9)
            {
                return false;
            }

            _missing += cost;
            return true;
        }
    }
}
