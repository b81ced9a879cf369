using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Reservations;

namespace RateLimitSuite.Limiter.Api;

/// <summary>The Limiter's own gRPC API: check, ask, map. A throttled request gets an OK answer.</summary>
[BindServiceMethod(typeof(LimiterGrpcService), nameof(Bind))]
internal sealed class LimiterGrpcService(
    Decider decider, OutcomeIntake outcomes, ReservationDesk reservations, LimiterStatusReporter status, OverrideDesk overrides, FeatureSchema schema, LimiterClock clock,
    TimeProvider time, LimiterMetrics metrics, CallDeadline deadline)
    : LimiterApi.LimiterApiBase
{
    private const int BatchMax = 256;
    private const int YamlMax = 4 << 20;

    private static readonly TimeSpan WatchDefault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WatchShortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchLongest = TimeSpan.FromMinutes(1);

    /// <summary>Binds the methods so that bytes which are no such message are the caller's fault.</summary>
    public static void Bind(ServiceBinderBase binder, LimiterApi.LimiterApiBase? service) =>
        LimiterApi.BindService(
            new StrictBinder(binder)
                .Reading(DecideRequestDecoder.Read).Writing<DecideResponse>(DecideResponseEncoder.WriteAndKeep)
                .Reading(DecideBatchDecoder.Read).Writing<DecideBatchResponse>(DecideResponseEncoder.Write),
            service);

    public override Task<DecideResponse> Decide(DecideRequest request, ServerCallContext context)
    {
        deadline.ThrowIfPassed(context, "Decide");
        var started = clock.Now;
        var response = DecideResponseEncoder.Rent();
        if (decider.TryDecide(request, started, response, out _) is { } fault)
        {
            metrics.Invalid("Decide");
            throw Faults.InvalidArgument(fault);
        }

        DecideRequestDecoder.Return(request);
        metrics.Called("Decide", clock.Now - started);
        return Task.FromResult(response);
    }

    public override async Task DecideStream(
        IAsyncStreamReader<DecideBatchRequest> requestStream, IServerStreamWriter<DecideBatchResponse> responseStream, ServerCallContext context)
    {
        try
        {
            await DecideAllAsync(requestStream, responseStream, context.CancellationToken);
        }
        catch (Exception) when (deadline.CountIfPassed(context, "DecideStream"))
        {
            throw;
        }
    }

    public override Task<ReportOutcomesResponse> ReportOutcomes(ReportOutcomesRequest request, ServerCallContext context)
    {
        deadline.ThrowIfPassed(context, "ReportOutcomes");
        var started = clock.Now;
        if (outcomes.TryReport(request, out var response) is { } fault)
        {
            metrics.Invalid("ReportOutcomes");
            throw Faults.InvalidArgument(fault);
        }

        metrics.Called("ReportOutcomes", clock.Now - started);
        return Task.FromResult(response!);
    }

    public override Task<ReserveResponse> Reserve(ReserveRequest request, ServerCallContext context) =>
        Timed("Reserve", context, () => reservations.Reserve(request));

    public override Task<SettleResponse> Commit(CommitRequest request, ServerCallContext context) => Timed("Commit", context, () => reservations.Commit(request));

    public override Task<SettleResponse> Refund(RefundRequest request, ServerCallContext context) => Timed("Refund", context, () => reservations.Refund(request));

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

    private async Task DecideAllAsync(
        IAsyncStreamReader<DecideBatchRequest> requestStream, IServerStreamWriter<DecideBatchResponse> responseStream, CancellationToken cancellationToken)
    {
        var answer = new BatchAnswer();
        while (await requestStream.MoveNext(cancellationToken))
        {
            var message = requestStream.Current;
            var batch = message.Requests;
            if (batch.Count is 0 or > BatchMax)
            {
                metrics.Invalid("DecideStream");
                throw Faults.InvalidArgument($"requests has {batch.Count} entries; it must have 1..{BatchMax}.");
            }

            var started = clock.Now;
            answer.Clear();
            if (batch.Count > 1)
            {
                decider.Expect(batch, BatchMax);
            }

            try
            {
                foreach (var request in batch)
                {
                    DecideOne(request, started, answer);
                }
            }
            finally
            {
                decider.Publish(answer.Events);
            }

            DecideBatchDecoder.Return(message);
            metrics.Called("DecideStream", clock.Now - started);
            await responseStream.WriteAsync(answer.Message, cancellationToken);
        }
    }

    private Task<T> Timed<T>(string method, ServerCallContext context, Func<T> call)
    {
        deadline.ThrowIfPassed(context, method);
        var started = clock.Now;
        try
        {
            var response = call();
            metrics.Called(method, clock.Now - started);
            return Task.FromResult(response);
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.InvalidArgument)
        {
            metrics.Invalid(method);
            throw;
        }
    }

    private void DecideOne(DecideRequest request, TimeSpan now, BatchAnswer answer)
    {
        var response = answer.NextResponse;
        if (decider.TryDecide(request, now, response, out _, answer.Events) is not { } fault)
        {
            answer.Add(response);
            return;
        }

        metrics.Invalid("DecideStream");
        answer.Add(new RequestFault { Code = (int)StatusCode.InvalidArgument, Message = fault });
    }

    private static string Actor(ServerCallContext context) => context.GetHttpContext().User.Identity?.Name ?? "unknown";
}
