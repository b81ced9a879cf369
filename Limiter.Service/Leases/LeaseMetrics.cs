using System.Diagnostics.Metrics;

namespace RateLimitSuite.Limiter.Leases;

/// <summary>What is counted of leases.</summary>
internal sealed class LeaseMetrics
{
    private readonly Counter<long> _renewals;
    private readonly Counter<long> _failures;
    private readonly Counter<double> _given;
    private readonly Counter<double> _returned;
    private readonly Histogram<double> _duration;

    public LeaseMetrics(LimiterMetrics metrics, LeaseLedger ledger, SharedBuckets shared)
    {
        var meter = metrics.Meter;
        _renewals = meter.CreateCounter<long>("limiter.lease.renewals", "{renewal}", "Leases of shared buckets renewed.");
        _failures = meter.CreateCounter<long>("limiter.lease.failures", "{round}", "Rounds of renewals that PostgreSQL did not answer.");
        _given = meter.CreateCounter<double>("limiter.lease.given", "{token}", "Tokens that shared buckets gave to this replica.");
        _returned = meter.CreateCounter<double>("limiter.lease.returned", "{token}", "Tokens that this replica handed back unspent.");
        _duration = meter.CreateHistogram<double>("limiter.lease.duration", "s", "Time of one statement that renews many leases.");
        meter.CreateObservableGauge("limiter.leases", () => ledger.Count, "{lease}", "Shared buckets that this replica holds a slice of.");
        meter.CreateObservableGauge("limiter.replicas", () => shared.Replicas, "{replica}", "Replicas that share buckets; 0: not known.");
    }

    public void Renewed(IReadOnlyList<PendingRenewal> asked, IReadOnlyList<LeaseGrant> grants, TimeSpan duration)
    {
        _renewals.Add(grants.Count);
        _given.Add(grants.Sum(grant => grant.Given));
        _returned.Add(asked.Sum(pending => Math.Max(0, pending.Renewal.Settled)));
        _duration.Record(duration.TotalSeconds);
    }

    public void Failed() => _failures.Add(1);
}
