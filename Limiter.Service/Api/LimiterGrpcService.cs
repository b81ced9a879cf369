using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Reservations;

namespace RateLimitSuite.Limiter.Api;

/// <summary>The Limiter's own gRPC API: check, ask, map. A throttled request gets an OK answer.</summary>
internal sealed class LimiterGrpcService(
    Decider decider, OutcomeIntake outcomes, ReservationDesk reservations, LimiterStatusReporter status, OverrideDesk overrides, FeatureSchema schema, LimiterClock clock,
    TimeProvider time, LimiterMetrics metrics)
    : LimiterApi.LimiterApiBase
{
    private const int BatchMax = 256;
    private const int YamlMax = 4 << 20;

    private static readonly TimeSpan WatchDefault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WatchShortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchLongest = TimeSpan.FromMinutes(1);

    public override Task<DecideResponse> Decide(DecideRequest request, ServerCallContext context)
    {
        var started = clock.Now;
        if (decider.TryDecide(request, started, out var response) is { } fault)
        {
            metrics.Invalid("Decide");
            throw Faults.InvalidArgument(fault);
        }

        metrics.Called("Decide", clock.Now - started);
        return Task.FromResult(response!);
    }

    public override async Task DecideStream(
        IAsyncStreamReader<DecideBatchRequest> requestStream, IServerStreamWriter<DecideBatchResponse> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var batch = requestStream.Current.Requests;
            if (batch.Count is 0 or > BatchMax)
            {
                metrics.Invalid("DecideStream");
                throw Faults.InvalidArgument($"requests has {batch.Count} entries; it must have 1..{BatchMax}.");
            }

            var started = clock.Now;
            var answer = new DecideBatchResponse();
            answer.Results.Capacity = batch.Count;
            foreach (var request in batch)
            {
                answer.Results.Add(DecideOne(request, started));
            }

            metrics.Called("DecideStream", clock.Now - started);
            await responseStream.WriteAsync(answer, context.CancellationToken);
        }
    }

    public override Task<ReportOutcomesResponse> ReportOutcomes(ReportOutcomesRequest request, ServerCallContext context)
    {
        if (outcomes.TryReport(request, out var response) is { } fault)
        {
            metrics.Invalid("ReportOutcomes");
            throw Faults.InvalidArgument(fault);
        }

        return Task.FromResult(response!);
    }

    public override Task<ReserveResponse> Reserve(ReserveRequest request, ServerCallContext context) => Task.FromResult(reservations.Reserve(request));

    public override Task<SettleResponse> Commit(CommitRequest request, ServerCallContext context) => Task.FromResult(reservations.Commit(request));

    public override Task<SettleResponse> Refund(RefundRequest request, ServerCallContext context) => Task.FromResult(reservations.Refund(request));

    public override Task<LimiterStatus> GetStatus(GetLimiterStatusRequest request, ServerCallContext context) =>
        Task.FromResult(status.Report(request.IncludeClients));

    public override async Task WatchStatus(
        WatchLimiterStatusRequest request, IServerStreamWriter<LimiterStatus> responseStream, ServerCallContext context)
    {
        var interval = WatchDefault;
        if (RequestChecks.Duration(request.Interval, "interval", WatchShortest, WatchLongest, ref interval) is { } fault)
        {
            throw Faults.InvalidArgument(fault);
        }

        using var timer = new PeriodicTimer(interval, time);
        do
        {
            await responseStream.WriteAsync(status.Report(includeClients: false), context.CancellationToken);
        }
        while (await timer.WaitForNextTickAsync(context.CancellationToken));
    }

    public override Task<ValidatePoliciesResponse> ValidatePolicies(ValidatePoliciesRequest request, ServerCallContext context)
    {
        if (request.Yaml.Length > YamlMax)
        {
            throw Faults.InvalidArgument($"yaml has {request.Yaml.Length} characters; it must have at most {YamlMax}.");
        }

        var set = PolicyReader.Read(request.Yaml, schema, out var faults);
        var response = new ValidatePoliciesResponse { Valid = set is not null };
        response.Faults.AddRange(faults.Select(f => new Contracts.V1.PolicyFault
        {
            Line = (uint)f.Line,
            Column = (uint)f.Column,
            Path = f.Path,
            Message = f.Message,
        }));
        return Task.FromResult(response);
    }

    public override Task<Override> SetOverride(SetOverrideRequest request, ServerCallContext context) =>
        overrides.SetAsync(request, Actor(context), context.CancellationToken);

    public override Task<RemoveOverrideResponse> RemoveOverride(RemoveOverrideRequest request, ServerCallContext context) =>
        overrides.RemoveAsync(request, Actor(context), context.CancellationToken);

    public override Task<ListOverridesResponse> ListOverrides(ListOverridesRequest request, ServerCallContext context) =>
        overrides.ListAsync(request, context.CancellationToken);

    private DecideResult DecideOne(DecideRequest request, TimeSpan now)
    {
        if (decider.TryDecide(request, now, out var response) is not { } fault)
        {
            return new DecideResult { Response = response };
        }

        metrics.Invalid("DecideStream");
        return new DecideResult { Fault = new RequestFault { Code = (int)StatusCode.InvalidArgument, Message = fault } };
    }

    private static string Actor(ServerCallContext context) => context.GetHttpContext().User.Identity?.Name ?? "unknown";
}
