using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Tests.Fakes;

/// <summary>A limiter that says what the test tells it to, four times a second.</summary>
internal sealed class FakeLimiter : LimiterApi.LimiterApiBase
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);
    private readonly List<Override> _overrides = [];
    private readonly List<OverrideAudit> _audit = [];
    private int _watchers;

    public double DecisionsPerSecond { get; set; } = 812;

    /// <summary>How far its clock is ahead of this machine's: overrides end by it.</summary>
    public TimeSpan AheadBy { get; set; }

    /// <summary>Who watches its status now.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    public string? LastAuthorization { get; private set; }

    public IReadOnlyList<Override> Overrides
    {
        get
        {
            lock (_overrides)
            {
                return [.. _overrides];
            }
        }
    }

    public override Task<LimiterStatus> GetStatus(GetLimiterStatusRequest request, ServerCallContext context) => Task.FromResult(Status());

    public override async Task WatchStatus(WatchLimiterStatusRequest request, IServerStreamWriter<LimiterStatus> responseStream, ServerCallContext context)
    {
        using var timer = new PeriodicTimer(Every);
        Interlocked.Increment(ref _watchers);
        try
        {
            do
            {
                await responseStream.WriteAsync(Status());
            }
            while (await timer.WaitForNextTickAsync(context.CancellationToken));
        }
        finally
        {
            Interlocked.Decrement(ref _watchers);
        }
    }

    public override Task<Override> SetOverride(SetOverrideRequest request, ServerCallContext context)
    {
        LastAuthorization = context.RequestHeaders.GetValue("authorization");
        if (request.Override.Reason.Length < 3)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "reason is too short; it must have 3..300 characters."));
        }

        var set = request.Override.Clone();
        set.Id = Guid.NewGuid().ToString();
        set.SetBy = "operator";
        set.ExpiresAt = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow() + AheadBy + request.Ttl.ToTimeSpan());
        lock (_overrides)
        {
            _overrides.Add(set);
        }

        return Task.FromResult(set);
    }

    public override Task<RemoveOverrideResponse> RemoveOverride(RemoveOverrideRequest request, ServerCallContext context)
    {
        lock (_overrides)
        {
            var removed = _overrides.Single(o => o.Id == request.Id);
            _overrides.Remove(removed);
            return Task.FromResult(new RemoveOverrideResponse { Removed = removed });
        }
    }

    public override Task<ListOverridesResponse> ListOverrides(ListOverridesRequest request, ServerCallContext context) =>
        Task.FromResult(List());

    private ListOverridesResponse List()
    {
        var now = TimeProvider.System.GetUtcNow() + AheadBy;
        lock (_overrides)
        {
            foreach (var ended in _overrides.Where(o => o.ExpiresAt.ToDateTimeOffset() <= now).ToList())
            {
                _overrides.Remove(ended);
                _audit.Insert(0, new OverrideAudit { Number = _audit.Count + 1, At = ended.ExpiresAt, Action = "expired", Actor = "limiter", Override = ended });
            }

            return new ListOverridesResponse { Overrides = { _overrides }, Audit = { _audit } };
        }
    }

    public override Task<ValidatePoliciesResponse> ValidatePolicies(ValidatePoliciesRequest request, ServerCallContext context)
    {
        var answer = new ValidatePoliciesResponse { Valid = !request.Yaml.Contains("max: 5000", StringComparison.Ordinal) };
        if (!answer.Valid)
        {
            answer.Faults.Add(new PolicyFault { Line = 3, Column = 10, Path = "policies[0].envelope.max", Message = "is 5000; it must be at most 1000." });
        }

        return Task.FromResult(answer);
    }

    private LimiterStatus Status()
    {
        var wave = 1 + (0.1 * Math.Sin(TimeProvider.System.GetTimestamp() / (double)TimeProvider.System.TimestampFrequency));
        return new LimiterStatus
        {
            Replica = "limiter-0",
            At = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
            Decisions = 1_204_311,
            Throttled = 98_220,
            DecisionsPerSecond = DecisionsPerSecond,
            ThrottledPerSecond = DecisionsPerSecond * 0.08 * wave,
            Clients = 128,
            Champion = new ServedModel { Version = "m-20260301-120000-a1b2", Stage = "champion", Share = 0.75, Since = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddMinutes(-18)) },
            Challenger = new ServedModel { Version = "m-20260301-143000-c3d4", Stage = "canary", Share = 0.25 },
            Policies =
            {
                new PolicyStatus { Name = "default", Domain = "default", Backend = "orders", Model = "on", Enforce = true, Decisions = 1_100_000, Throttled = 90_000 },
                new PolicyStatus { Name = "partners", Domain = "default", Model = "shadow", Decisions = 104_311, Throttled = 8_220 },
            },
            Backends =
            {
                new BackendStatus { Name = "orders", ParentRate = 640 * wave, InFlight = 22, InFlightCap = 60, WindowLatencyS = 0.031, CompletionsPerSecond = 611 * wave, Observed = true, State = "holding" },
                new BackendStatus { Name = "search", ParentRate = 220, InFlight = 9, InFlightCap = 24, WindowLatencyS = 0.084, CompletionsPerSecond = 190, Observed = true, State = "growing" },
            },
            TopClients =
            {
                new ClientStatus { ClientId = "mobile-app", RequestsPerSecond = 12, RefillRate = 4, Tokens = 8, Policy = "default", Backend = "search" },   // The same client at another backend.
                new ClientStatus { ClientId = "mobile-app", RequestsPerSecond = 310, RefillRate = 120.5, Tokens = 41, Decisions = 40_000, Throttled = 1_200, Policy = "default", Backend = "orders" },
                new ClientStatus { ClientId = "<b>crawler</b>", RequestsPerSecond = 122, RefillRate = 11.2, Tokens = 0.4, Decisions = 22_000, Throttled = 19_000, Policy = "default", Backend = "orders" },
            },
        };
    }
}
