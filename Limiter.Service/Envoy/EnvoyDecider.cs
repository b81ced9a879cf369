using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Envoy.V3;
using RateLimitSuite.Limiter.Events;
using RateLimitSuite.Limiter.Overrides;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>Answers Envoy's question: may a request with these descriptors pass? All are looked at, and tokens are taken only where all allow.</summary>
internal sealed class EnvoyDecider(
    DescriptorResolver resolver, DecisionEngine engine, OverrideHolder overrides, FeatureSchema schema, LimiterClock clock, DecisionEvents events,
    HeavyHitters heaviest, LimiterMetrics metrics)
{
    /// <summary>Most descriptors of a request.</summary>
    public const int DescriptorsMax = 64;

    private const int EntriesMax = 32;
    private const double HitsMax = 1e9;

    // What an event takes of a request, filled in for each descriptor.
    [ThreadStatic]
    private static DecideRequest? _asked;

    /// <summary>Decides.</summary>
    /// <param name="request">As it came.</param>
    /// <param name="answer">Filled in with the decision; left as it is where there is none.</param>
    /// <returns>Why the request could not be judged; null: it was.</returns>
    public string? TryDecide(RateLimitRequest request, EnvoyAnswer answer)
    {
        if (Check(request) is { } fault)
        {
            return fault;
        }

        var now = clock.Now;
        var checks = resolver.Resolve(request);
        foreach (var check in checks)
        {
            Look(check, alone: checks.Length == 1, now);
        }

        var denied = IsDenied(checks);
        foreach (var check in checks)
        {
            Take(check, alone: checks.Length == 1, denied, now);
        }

        // Another request may have emptied a bucket between look and take: then nothing was taken anywhere after all.
        if (!denied && IsDenied(checks))
        {
            denied = true;
            GiveBack(checks, now);
        }

        Publish(checks, denied, now);
        answer.Fill(checks, denied);
        return null;
    }

    // One descriptor alone needs no look before: its bucket is all that can refuse, and then nothing is taken.
    private void Look(DescriptorCheck check, bool alone, TimeSpan now)
    {
        if (check.IsReplaced)
        {
            return;
        }

        if (check.IsBlocked)
        {
            check.IsOver = true;
        }
        else if (check.Policy is not null)
        {
            Ask(check, Math.Max(0, check.Hits), takesNothing: !alone, countsNothing: !alone || check.Hits < 0, now);
        }
    }

    private void Take(DescriptorCheck check, bool alone, bool denied, TimeSpan now)
    {
        if (check.IsReplaced || check.Policy is null)
        {
            return;
        }

        if (check.Hits < 0)
        {
            // A refund stands whatever became of the others.
            check.Record.Remaining = engine.Adjust(check.Record.Client, -check.Hits, now);
        }
        else if (!alone)
        {
            // A rule in shadow that is over takes what its bucket has not: nothing.
            Ask(check, check.Hits, takesNothing: denied, countsNothing: false, now);
        }
    }

    [SkipLocalsInit]
    private void Ask(DescriptorCheck check, double hits, bool takesNothing, bool countsNothing, TimeSpan now)
    {
        check.Features = new double[schema.Count];
        check.Features.AsSpan().Fill(double.NaN);
        Span<byte> id = stackalloc byte[RequestChecks.ClientIdBytesMax];
        id = id[..Encoding.UTF8.GetBytes(check.Client, id)];
        ref var record = ref check.Record;
        record = DecisionRecord.Empty;
        engine.Decide(
            new DecisionRequest
            {
                Policy = check.Policy!,
                ClientId = id,
                ClientName = check.Client,
                Address = check.Address,
                Cost = hits,
                Features = check.Features,
                Override = check.IsAdaptive ? overrides.Current.Find(check.Policy!.Domain, check.Client, check.Address) : null,
                TakesNothing = takesNothing,
                CountsNothing = countsNothing,
                Now = now,
            },
            ref record);

        // Hits of 0 or less only look: they cannot be over.
        check.IsOver = !record.Allowed && hits > 0;
    }

    private static bool IsDenied(DescriptorCheck[] checks)
    {
        var (quotas, over) = (0, 0);
        foreach (var check in checks)
        {
            if (check.Denies)
            {
                return true;
            }

            if (check.Rule is { Quota: true, Shadow: false } && !check.IsReplaced)
            {
                quotas++;
                over += check.IsOver ? 1 : 0;
            }
        }

        return quotas > 0 && over == quotas;
    }

    private void GiveBack(DescriptorCheck[] checks, TimeSpan now)
    {
        foreach (var check in checks)
        {
            ref var record = ref check.Record;
            if (record.Taken > 0)
            {
                record.Remaining = engine.Adjust(record.Client, record.Taken, now);
                record.Taken = 0;
            }
        }
    }

    private void Publish(DescriptorCheck[] checks, bool denied, TimeSpan now)
    {
        foreach (var check in checks)
        {
            if (check.Policy is not { } policy || check.IsReplaced || check.Hits <= 0)
            {
                continue;
            }

            var record = check.Record;
            record.Allowed &= !denied;
            metrics.Decided(check.IsAdaptive ? policy.Name : "envoy-static", record);
            heaviest.Count(record.Client.Client, check.Client, policy.Number, !record.Allowed, now);
            if (check.IsAdaptive)
            {
                var id = RequestIds.Make(clock.UnixMicroseconds(now));

                // A descriptor's value may be anything; a row of it may not: PostgreSQL keeps no U+0000.
                var asked = _asked ??= new DecideRequest();
                (asked.ClientId, asked.ClientIp) = (check.Client.Replace('\0', '\uFFFD'), check.Address?.ToString() ?? "");
                var decision = DecisionEvents.Rent();
                DecisionMessages.Fill(
                    decision, asked, id, check.Address, policy, record, check.Features, clock.UnixMicroseconds(now));
                events.Publish(decision);
            }
        }
    }

    private static string? Check(RateLimitRequest request)
    {
        if (request.Domain.Length == 0)
        {
            return "rate limit domain must not be empty";
        }

        if (request.Descriptors.Count == 0)
        {
            return "rate limit descriptor list must not be empty";
        }

        if (request.Descriptors.Count > DescriptorsMax)
        {
            return $"descriptors has {request.Descriptors.Count} entries; it must have 1..{DescriptorsMax}.";
        }

        for (var i = 0; i < request.Descriptors.Count; i++)
        {
            if (Check(request.Descriptors[i]) is { } fault)
            {
                return $"descriptors[{i}].{fault}";
            }
        }

        return null;
    }

    private static string? Check(RateLimitDescriptor descriptor)
    {
        if (descriptor.Entries.Count is 0 or > EntriesMax)
        {
            return $"entries has {descriptor.Entries.Count} entries; it must have 1..{EntriesMax}.";
        }

        for (var i = 0; i < descriptor.Entries.Count; i++)
        {
            if (descriptor.Entries[i].Key.Length == 0)
            {
                return $"entries[{i}].key is empty; it must name something.";
            }
        }

        if (descriptor.HitsAddend is > (ulong)HitsMax)
        {
            return $"hits_addend is {descriptor.HitsAddend}; it must be at most {HitsMax}.";
        }

        return descriptor.Limit is { } own && (own.Unit == RateLimitUnit.Unknown || !Enum.IsDefined(own.Unit))
            ? $"limit.unit is {(int)own.Unit}; it must be one of second, minute, hour, day, month, year."
            : null;
    }
}
