using Grpc.Core;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Traffic.Sending;
using RateLimitSuite.Traffic.Simulation;
using RateLimitSuite.Traffic.Sources;

namespace RateLimitSuite.Traffic;

/// <summary>Sends events when they are due, puts admitted ones through the simulated backend, reports what became of them.</summary>
internal sealed partial class TrafficRunner(
    IOptions<TrafficOptions> options, LimiterApi.LimiterApiClient limiter, Progress progress, RunState state, TimeProvider time, ILogger<TrafficRunner> logger)
    : BackgroundService
{
    private const int BatchMax = 64;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // More than a step behind this far means that the machine stood still: what was due meanwhile is not sent in one burst.
    private static readonly TimeSpan LagMax = TimeSpan.FromSeconds(2);

    private readonly TrafficOptions _options = options.Value;
    private readonly RequestMaker _maker = new(options.Value.Domain);
    private readonly OutcomeReporter _outcomes = new(limiter, options.Value.Domain, time);
    private readonly Lock _backendLock = new();
    private SimulatedBackend? _backend;
    private CapacityPlan? _plan;
    private DecisionSession? _session;
    private long _startedAt;
    private long _events;
    private TimeSpan _skipped;

    /// <summary>From now on the simulated backend has this factor of its full capacity.</summary>
    /// <returns>False: there is no run.</returns>
    public bool SayCapacity(double factor)
    {
        _plan?.Say(factor);
        return _plan is not null;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.Enabled)
        {
            return;
        }

        try
        {
            await RunAsync(stoppingToken);
            state.State = "done";
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            state.Problem = fault.Message;
            state.State = "failed";
            LogFailed(fault.Message);
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        state.State = "connecting";
        var source = await TrafficSource.OpenAsync(_options, stoppingToken);
        state.Source = source.Description;
        state.BadLines = source.FirstRead?.BadLines ?? 0;
        state.Faults = source.FirstRead?.Faults ?? [];
        _plan = CapacityPlan.Of(_options, source.Rate);
        _backend = new SimulatedBackend(_options.Servers, _plan.Full, _options.Timeout, _options.Seed);
        LogStarting(source.Description, _plan.Full, state.BadLines);
        foreach (var fault in state.Faults)
        {
            LogBadLine(fault);
        }

        await WaitForLimiterAsync(stoppingToken);
        _startedAt = time.GetTimestamp();
        state.State = "running";
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var reporting = EveryAsync(_options.ReportEvery, () => _outcomes.ReportAsync(ended.Token), ended.Token);
        var saying = EveryAsync(SayEvery, Say, ended.Token);
        try
        {
            await SendAllAsync(source.Events, stoppingToken);
            await Task.Delay(_options.Timeout + _options.ReportEvery * 2, time, stoppingToken);   // Let the last requests end.
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(reporting, saying).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await (_session?.DisposeAsync() ?? default);
        }

        Say();
    }

    private async Task WaitForLimiterAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await limiter.DecideAsync(
                    new DecideRequest { ClientId = "traffic-probe", Cost = 0 },
                    deadline: time.GetUtcNow().UtcDateTime + Pause * 5,
                    cancellationToken: stoppingToken);
                state.Problem = "";
                return;
            }
            catch (RpcException fault) when (!stoppingToken.IsCancellationRequested)
            {
                state.Problem = $"The Limiter does not answer: {fault.Status.Detail}";
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private async Task SendAllAsync(IAsyncEnumerable<TrafficEvent> events, CancellationToken stoppingToken)
    {
        var batch = new List<PendingRequest>(BatchMax);
        await foreach (var request in events.WithCancellation(stoppingToken))
        {
            var due = request.At + _skipped;
            if (_options.Duration > TimeSpan.Zero && due >= _options.Duration)
            {
                break;
            }

            if (batch.Count > 0 && (due > Elapsed() || batch.Count >= BatchMax - 1))
            {
                await FlushAsync(batch, stoppingToken);
                batch = new List<PendingRequest>(BatchMax);
            }

            await WaitUntilAsync(due, stoppingToken);
            batch.Add(new PendingRequest(request, IsCheck: false));
            if (_options.CheckEvery > 0 && ++_events % _options.CheckEvery == 0)
            {
                batch.Add(new PendingRequest(request, IsCheck: true));
            }
        }

        await FlushAsync(batch, stoppingToken);
    }

    private async Task WaitUntilAsync(TimeSpan due, CancellationToken stoppingToken)
    {
        var ahead = due - Elapsed();
        if (ahead > TimeSpan.Zero)
        {
            // Timers are coarse: what is due within a step goes with it.
            await Task.Delay(ahead > Step ? ahead : Step, time, stoppingToken);
        }
        else if (-ahead > LagMax)
        {
            _skipped += -ahead;
        }
    }

    private async Task FlushAsync(List<PendingRequest> batch, CancellationToken stoppingToken)
    {
        if (batch.Count == 0)
        {
            return;
        }

        Adjust();
        var questions = new DecideBatchRequest();
        questions.Requests.AddRange(batch.Select(pending => _maker.Make(pending.Event, pending.IsCheck)));
        progress.Sent(batch.Count(pending => !pending.IsCheck));
        try
        {
            _session ??= new DecisionSession(limiter, Answered, stoppingToken);
            await _session.AskAsync(questions, batch);
        }
        catch (Exception fault) when (fault is RpcException or OperationCanceledException or IOException && !stoppingToken.IsCancellationRequested)
        {
            await ReconnectAsync(batch.Count, fault, stoppingToken);
        }
    }

    private async Task ReconnectAsync(int asked, Exception fault, CancellationToken stoppingToken)
    {
        progress.Failed(Math.Max(asked, _session?.Unanswered ?? 0));
        await (_session?.DisposeAsync() ?? default);
        _session = null;
        state.Problem = fault.Message;
        LogReconnecting(fault.Message);
        var before = Elapsed();
        await WaitForLimiterAsync(stoppingToken);
        _skipped += Elapsed() - before;
    }

    private void Answered(PendingRequest asked, DecideResult result)
    {
        if (result.Response is not { } decision)
        {
            progress.Failed(1);
            state.Problem = result.Fault?.Message ?? "An empty answer.";
            return;
        }

        if (asked.IsCheck)
        {
            if (decision.HasPrediction)
            {
                progress.Checked(decision.Prediction, decision.RefillRate);
            }

            return;
        }

        progress.Decided(decision.Allowed, decision.ModelVersion);
        if (decision.Allowed)
        {
            Serve(asked.Event, decision.RequestId);
        }
    }

    private void Serve(in TrafficEvent request, string requestId)
    {
        TimeSpan latency;
        OutcomeClass outcome;
        lock (_backendLock)
        {
            (latency, outcome) = _backend!.Serve(Elapsed(), request.Status);
        }

        progress.Ended(outcome.Word());
        _outcomes.Add(requestId, request.Client, time.GetUtcNow() + latency, latency, outcome);
    }

    private void Adjust()
    {
        var run = Elapsed();
        var factor = _plan!.FactorAt(run);
        if (factor != state.CapacityFactor)
        {
            LogCapacity(factor, _plan.Full * factor);
        }

        lock (_backendLock)
        {
            _backend!.Capacity = _plan.Full * factor;
        }

        state.CapacityFactor = factor;
        state.Capacity = _plan.Full * factor;
        state.Elapsed = run;
        state.Fraction = _options.Duration > TimeSpan.Zero ? Math.Min(1, run / _options.Duration) : null;
    }

    private TimeSpan Elapsed() => time.GetElapsedTime(_startedAt);

    private long _saidSent;

    private void Say()
    {
        var report = progress.Report(state);
        state.Load = (report.Sent - _saidSent) / SayEvery.TotalSeconds;
        _saidSent = report.Sent;
        LogProgress(
            report.Elapsed, report.Sent, state.Load, report.Throttled, report.Failed, report.Capacity,
            string.Join(", ", report.RecentModelVersions.Select(pair => $"{pair.Key} {pair.Value}")));
    }

    private Task EveryAsync(TimeSpan period, Action work, CancellationToken cancellationToken) => EveryAsync(
        period,
        () =>
        {
            work();
            return Task.CompletedTask;
        },
        cancellationToken);

    private async Task EveryAsync(TimeSpan period, Func<Task> work, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await work();
        }
    }

    [LoggerMessage(LogLevel.Information, "Traffic: {Source}. Backend's full capacity: {Capacity:0.#} requests/s. Lines that could not be read: {BadLines}.")]
    private partial void LogStarting(string source, double capacity, long badLines);

    [LoggerMessage(LogLevel.Warning, "The log's {Fault}.")]
    private partial void LogBadLine(string fault);

    [LoggerMessage(LogLevel.Warning, "The backend's capacity is now {Factor} of full, {Capacity:0.#} requests/s.")]
    private partial void LogCapacity(double factor, double capacity);

    [LoggerMessage(LogLevel.Information, "{Elapsed:0} s: {Sent} sent ({Load:0}/s), {Throttled} throttled, {Failed} failed, capacity {Capacity:0}/s, models: {Models}.")]
    private partial void LogProgress(double elapsed, long sent, double load, long throttled, long failed, double capacity, string models);

    [LoggerMessage(LogLevel.Warning, "The Limiter is away, waiting for it: {Reason}")]
    private partial void LogReconnecting(string reason);

    [LoggerMessage(LogLevel.Error, "No traffic: {Reason}")]
    private partial void LogFailed(string reason);
}
