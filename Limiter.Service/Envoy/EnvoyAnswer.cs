using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Envoy.V3;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>Verdicts as Envoy reads them.</summary>
internal static class EnvoyMessages
{
    private static readonly string[] Names = [.. Enumerable.Range(0, EnvoyDecider.DescriptorsMax).Select(index => $"descriptor_{index}")];

    public static RateLimitResponse ToResponse(DescriptorCheck[] checks, bool denied)
    {
        var response = new RateLimitResponse { OverallCode = denied ? Code.OverLimit : Code.Ok };
        var metadata = new Struct();
        for (var i = 0; i < checks.Length; i++)
        {
            response.Statuses.Add(ToStatus(checks[i], denied));
            AddMetadata(metadata, checks[i], i);
        }

        if (metadata.Fields.Count > 0)
        {
            response.DynamicMetadata = metadata;
        }

        return response;
    }

    private static DescriptorStatus ToStatus(DescriptorCheck check, bool denied)
    {
        var over = check.Denies || (denied && check is { IsOver: true, Rule: { Quota: true, Shadow: false } });
        var status = new DescriptorStatus { Code = over ? Code.OverLimit : Code.Ok };
        if (check.IsReplaced)
        {
            return status;
        }

        if (check.Limit is { Unlimited: true })
        {
            status.LimitRemaining = uint.MaxValue;
            return status;
        }

        if (check.Limit is { } limit)
        {
            status.CurrentLimit = new RateLimit { Name = limit.Name, RequestsPerUnit = limit.Requests, Unit = limit.Unit };
        }
        else if (check.Policy is { } policy)
        {
            // A bucket has no unit: its rate a second, at least 1; the exact one is in the metadata.
            status.CurrentLimit = new RateLimit
            {
                Name = policy.Name,
                RequestsPerUnit = (uint)Math.Clamp(Math.Floor(check.Record.RefillRate), 1, uint.MaxValue),
                Unit = RateLimit.Types.Unit.Second,
            };
        }

        if (check.Policy is not null)
        {
            status.LimitRemaining = over ? 0 : (uint)Math.Clamp(Math.Floor(check.Record.Remaining), 0, uint.MaxValue);
            status.DurationUntilReset = Duration.FromTimeSpan(UntilReset(check, over));
        }

        return status;
    }

    // Denied: until hits of this size fit, never 0. Allowed: until the bucket is full.
    private static TimeSpan UntilReset(DescriptorCheck check, bool over)
    {
        ref readonly var record = ref check.Record;
        var wait = over ? record.RetryAfter : new Buckets.Limit(record.Capacity, record.RefillRate).TimeToRefill(Math.Max(0, record.Capacity - record.Remaining));
        var milliseconds = Math.Ceiling(wait.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(over ? Math.Max(1, milliseconds) : milliseconds);
    }

    private static void AddMetadata(Struct metadata, DescriptorCheck check, int index)
    {
        if (check.IsAdaptive)
        {
            ref readonly var record = ref check.Record;
            var fields = new Struct();
            fields.Fields["refill_rate"] = Value.ForNumber(record.RefillRate);
            fields.Fields["model_version"] = Value.ForString(record.Model?.Version ?? "");
            fields.Fields["reason"] = Value.ForString(record.Reason.Word());
            fields.Fields["decided_by"] = Value.ForString(record.DecidedBy.Word());
            metadata.Fields[Names[index]] = Value.ForStruct(fields);
        }

        if (check.Rule?.Metadata is { } configured && !check.IsOver)
        {
            foreach (var (name, value) in configured.Fields)
            {
                metadata.Fields[name] = value;
            }
        }
    }
}
