using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Limiter.Envoy.V3;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>Decisions as Envoy reads them, in a message that is filled in again once it is written: each thread keeps one.</summary>
internal sealed class EnvoyAnswer
{
    private static readonly string[] Names = [.. Enumerable.Range(0, EnvoyDecider.DescriptorsMax).Select(index => $"descriptor_{index}")];

    [ThreadStatic]
    private static EnvoyAnswer? _own;

    private readonly Struct _aloneMetadata;
    private readonly AdaptiveMetadata _alone = new();
    private bool _isLent;

    public EnvoyAnswer() => _aloneMetadata = new Struct { Fields = { [Names[0]] = Value.ForStruct(_alone.Fields) } };

    /// <summary>The message.</summary>
    public RateLimitResponse Response { get; } = new();

    /// <summary>An answer that nobody uses until its message is told to be <see cref="Written"/> by the same thread.</summary>
    public static EnvoyAnswer Rent()
    {
        var answer = _own is { _isLent: false } own ? own : _own = new EnvoyAnswer();
        answer._isLent = true;
        return answer;
    }

    /// <summary>Tells that nobody will touch a message any more.</summary>
    public static void Written(RateLimitResponse response)
    {
        if (_own is { } own && own.Response == response)
        {
            own._isLent = false;
        }
    }

    /// <summary>Fills the message in, whatever other decisions have left in it.</summary>
    public void Fill(DescriptorCheck[] checks, bool denied)
    {
        Response.OverallCode = denied ? Code.OverLimit : Code.Ok;
        var statuses = Response.Statuses;
        while (statuses.Count > checks.Length)
        {
            statuses.RemoveAt(statuses.Count - 1);
        }

        for (var i = 0; i < checks.Length; i++)
        {
            if (i == statuses.Count)
            {
                statuses.Add(new DescriptorStatus());
            }

            Fill(statuses[i], checks[i], denied);
        }

        Response.DynamicMetadata = MetadataOf(checks);
    }

    private static void Fill(DescriptorStatus status, DescriptorCheck check, bool denied)
    {
        var over = check.Denies || (denied && check is { IsOver: true, Rule: { Quota: true, Shadow: false } });
        var isUnlimited = check.Limit is { Unlimited: true };
        var isBucket = check.Policy is not null && !check.IsReplaced && !isUnlimited;
        status.Code = over ? Code.OverLimit : Code.Ok;
        status.CurrentLimit = check.IsReplaced || isUnlimited ? null : LimitOf(check, status.CurrentLimit);
        status.LimitRemaining = isBucket
            ? over ? 0 : (uint)Math.Clamp(Math.Floor(check.Record.Remaining), 0, uint.MaxValue)
            : isUnlimited && !check.IsReplaced ? uint.MaxValue : 0;
        status.DurationUntilReset = isBucket ? UntilReset(check, over, status.DurationUntilReset) : null;
    }

    private static RateLimit? LimitOf(DescriptorCheck check, RateLimit? spare)
    {
        if (check.Limit is null && check.Policy is null)
        {
            return null;
        }

        var limit = spare ?? new RateLimit();
        if (check.Limit is { } fixedLimit)
        {
            (limit.Name, limit.RequestsPerUnit, limit.Unit) = (fixedLimit.Name, fixedLimit.Requests, fixedLimit.Unit);
        }
        else
        {
            // A bucket has no unit: its rate a second, at least 1; the exact one is in the metadata.
            var rate = (uint)Math.Clamp(Math.Floor(check.Record.RefillRate), 1, uint.MaxValue);
            (limit.Name, limit.RequestsPerUnit, limit.Unit) = (check.Policy!.Name, rate, RateLimit.Types.Unit.Second);
        }

        return limit;
    }

    // Denied: until hits of this size fit, never 0. Allowed: until the bucket is full. In whole milliseconds.
    private static Duration UntilReset(DescriptorCheck check, bool over, Duration? spare)
    {
        ref readonly var record = ref check.Record;
        var wait = over ? record.RetryAfter : new Buckets.Limit(record.Capacity, record.RefillRate).TimeToRefill(Math.Max(0, record.Capacity - record.Remaining));
        var milliseconds = Math.Ceiling(wait.TotalMilliseconds);
        var until = TimeSpan.FromMilliseconds(over ? Math.Max(1, milliseconds) : milliseconds);
        var duration = spare ?? new Duration();
        duration.Seconds = until.Ticks / TimeSpan.TicksPerSecond;
        duration.Nanos = (int)(until.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
        return duration;
    }

    private Struct? MetadataOf(DescriptorCheck[] checks)
    {
        // What gateways ask most; a map of maps is some twenty objects.
        if (checks is [{ IsAdaptive: true, Rule: null } alone])
        {
            _alone.Fill(alone.Record);
            return _aloneMetadata;
        }

        var metadata = new Struct();
        for (var i = 0; i < checks.Length; i++)
        {
            Add(metadata, checks[i], i);
        }

        return metadata.Fields.Count > 0 ? metadata : null;
    }

    private static void Add(Struct metadata, DescriptorCheck check, int index)
    {
        if (check.IsAdaptive)
        {
            var adaptive = new AdaptiveMetadata();
            adaptive.Fill(check.Record);
            metadata.Fields[Names[index]] = Value.ForStruct(adaptive.Fields);
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
