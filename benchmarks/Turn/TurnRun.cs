using System.Globalization;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Detectors;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.Traffic;
using RateLimitSuite.Traffic.Sending;
using RateLimitSuite.Traffic.Simulation;
using RateLimitSuite.Traffic.Sources;

namespace RateLimitSuite.Benchmarks.Turn;

/// <summary>One turn of the loop under profile smoke in virtual time: traffic, a first model, capacity cut, drift, a new model, and what R and p do then.</summary>
/// <remarks>Stages that wait for live evidence (shadow, canary) are taken as the time they last; offline gates decide for themselves.</remarks>
internal sealed class TurnRun(TrafficOptions options, Action<string> say)
{
    private const double CutAt = 98;
    private const double Ends = 300;
    private const double CutEvery = 35;
    private const double DeeperBy = 0.5;
    private const double TickSeconds = 0.1;

    // What passes from a trip to the first canary share, and from there to full share and promotion, in the service's own smoke runs.
    private const double ToFirstShare = 12;
    private const double ToFullShare = 9;
    private const double ToPromotion = 9;
    private const double FirstModelTakes = 20;
    private const double TrainingTakes = 4;
    private const double WatchTakes = 17;

    private readonly LoopProfile _profile = LoopProfile.Smoke;
    private readonly PriorityQueue<(string Id, double Latency, OutcomeClass Outcome), double> _outcomes = new();
    private double _trippedAt = double.NaN;
    private double _lastStart = double.NegativeInfinity;
    private double _cut = double.NaN;
    private double _lastCut;
    private double _busyUntil;
    private int _rejections;
    private bool _unsettled;

    /// <summary>Runs it.</summary>
    public TurnResult Run()
    {
        var source = TrafficSource.OpenAsync(options, CancellationToken.None).GetAwaiter().GetResult();
        var limiter = new TurnLimiter(WindowOptions.Of(_profile));
        var monitor = new TurnMonitor(_profile);
        var trainer = new TurnTrainer(_profile);
        var backend = new SimulatedBackend(options.Servers, options.CapacityFactor * source.Rate, options.Timeout, options.Seed);
        var maker = new RequestMaker(options.Domain);
        var result = new TurnResult();
        var plans = new PriorityQueue<Action, double>();
        var nextTick = TickSeconds;
        var nextReport = options.ReportEvery.TotalSeconds;
        var factor = 1.0;
        var firstAt = 0.0;
        foreach (var request in source.Events.ToBlockingEnumerable())
        {
            var at = request.At.TotalSeconds;
            if (at >= Ends + 60)
            {
                break;
            }

            while (Math.Min(nextTick, nextReport) <= at)
            {
                if (nextReport < nextTick)
                {
                    while (_outcomes.TryPeek(out _, out var completed) && completed <= nextReport)
                    {
                        _outcomes.TryDequeue(out var ended, out completed);
                        limiter.Report(ended.Id, completed, ended.Latency, ended.Outcome, nextReport);
                    }

                    nextReport += options.ReportEvery.TotalSeconds;
                    continue;
                }

                var now = nextTick;
                nextTick += TickSeconds;
                var labelled = limiter.Tick(now);
                monitor.Add(labelled);
                trainer.Add(labelled);
                if (trainer.Champion is null && now >= firstAt && trainer.Labelled >= _profile.FirstModelRows)
                {
                    firstAt = now + _profile.BetweenStarts.TotalSeconds;
                    if (Candidate("first", refit: false, now, trainer) is { } first)
                    {
                        firstAt = double.PositiveInfinity;
                        _busyUntil = now + FirstModelTakes + WatchTakes;
                        plans.Enqueue(() => Promote(now + FirstModelTakes, first, limiter, trainer, result), now + FirstModelTakes);
                    }
                }

                while (plans.TryPeek(out _, out var due) && due <= now)
                {
                    plans.Dequeue()();
                }

                while (monitor.Judge(limiter.LabelledThrough, trainer.ValidationOf) is { } report)
                {
                    Judged(report, now, limiter, trainer, plans, result);
                }

                if (double.IsNaN(_cut) && now >= CutAt)
                {
                    (_cut, _lastCut, factor) = (now, now, options.CutFactor / options.CapacityFactor);
                    Note(now, $"capacity cut to {factor * options.CapacityFactor * source.Rate:0} of {options.CapacityFactor * source.Rate:0}/s");
                }
                else if (!double.IsNaN(_cut) && _unsettled)
                {
                    _lastCut = now;
                }
                else if (!double.IsNaN(_cut) && double.IsNaN(_trippedAt) && now - _lastCut >= CutEvery)
                {
                    (_lastCut, factor) = (now, factor * DeeperBy);
                    Note(now, $"no drift: capacity cut to {factor * options.CapacityFactor * source.Rate:0}/s");
                }
            }

            backend.Capacity = factor * options.CapacityFactor * source.Rate;
            if (limiter.Decide(maker.Make(request, check: false), at, out var id))
            {
                var (latency, outcome) = backend.Serve(TimeSpan.FromSeconds(at), request.Status);
                _outcomes.Enqueue((id, latency.TotalSeconds, outcome), at + latency.TotalSeconds);
            }
        }

        return result;
    }

    private void Judged(DriftReport report, double now, TurnLimiter limiter, TurnTrainer trainer, PriorityQueue<Action, double> plans, TurnResult result)
    {
        _unsettled = report.Verdict is Verdict.Drift or Verdict.Warning || _busyUntil > now;
        Note(now, string.Create(CultureInfo.InvariantCulture,
            $"{report.Verdict,-8} {report.Window.ModelVersion,-10} R {report.Error.Value:0.000} ({report.Error.Lower:0.000}) limit {report.Error.Limit:0.000} n {report.Error.Count}, p {report.Violations.Value:0.0000} limit {report.Violations.Limit:0.0000}, denied {(double)report.Window.Denied / report.Window.Decisions:P1}, over {report.Window.OverAdmission:P1}, parent {limiter.ParentRate:0}"));
        var end = (report.Window.End - Loop.Policies.VirtualTime.Start).TotalSeconds;
        var start = end - _profile.DetectorWindow.TotalSeconds;
        if (result.FullShareAt is not null && report.Window.ModelVersion == result.Version && start >= result.LastFullShareAt)
        {
            result.Observe(report, now);
        }

        if (report.Trip is null || _busyUntil > now || now - _lastStart < _profile.BetweenStarts.TotalSeconds * (1 << Math.Min(3, _rejections)))
        {
            return;
        }

        _lastStart = now;
        if (double.IsNaN(_trippedAt) && !double.IsNaN(_cut))
        {
            _trippedAt = now;
            result.TripAfterCut = now - _cut;
            result.TrippedBy = report.Trip.Name;
        }

        Note(now, $"trip: {report.Trip.Name}");
        StartRun(now, limiter, trainer, plans, result);
    }

    // As Trainer's runner: a refit and its trial, its watch, then the full training and its trial.
    private void StartRun(double now, TurnLimiter limiter, TurnTrainer trainer, PriorityQueue<Action, double> plans, TurnResult result, int waits = 0)
    {
        _busyUntil = double.PositiveInfinity;
        var (candidate, said) = trainer.Try("drift", refit: true, mayWait: waits < 2);
        if (said.Length == 0)
        {
            var later = now + (_profile.DetectorWindow.TotalSeconds / 2);
            plans.Enqueue(() => StartRun(later, limiter, trainer, plans, result, waits + 1), later);
            Note(now, "waits for rows");
            return;
        }

        Note(now, said);
        if (candidate is null)
        {
            plans.Enqueue(() => Full(now + TrainingTakes, limiter, trainer, plans, result, refitted: false), now + TrainingTakes);
            return;
        }

        var promoted = now + ToFirstShare + ToFullShare + ToPromotion;
        plans.Enqueue(() => Promote(promoted, candidate, limiter, trainer, result), promoted);
        plans.Enqueue(() => Full(promoted + WatchTakes, limiter, trainer, plans, result, refitted: true), promoted + WatchTakes);
    }

    private void Full(double now, TurnLimiter limiter, TurnTrainer trainer, PriorityQueue<Action, double> plans, TurnResult result, bool refitted)
    {
        var candidate = Candidate("drift", refit: false, now, trainer);
        if (candidate is null)
        {
            _rejections = refitted ? 0 : _rejections + 1;
            _busyUntil = now;
            return;
        }

        var promoted = now + ToFirstShare + ToFullShare + ToPromotion;
        plans.Enqueue(() => Promote(promoted, candidate, limiter, trainer, result), promoted);
        plans.Enqueue(
            () =>
            {
                _rejections = 0;
                _busyUntil = promoted + WatchTakes;
            },
            promoted + WatchTakes);
    }

    private TurnCandidate? Candidate(string reason, bool refit, double now, TurnTrainer trainer)
    {
        var (candidate, said) = trainer.Try(reason, refit);
        Note(now, said);
        return candidate;
    }

    private void Promote(double now, TurnCandidate candidate, TurnLimiter limiter, TurnTrainer trainer, TurnResult result)
    {
        limiter.Serve(candidate.Version, trainer.Promote(candidate));
        Note(now, $"promoted {candidate.Version}");
        if (!double.IsNaN(_trippedAt))
        {
            result.FullShareAt ??= now - ToPromotion;
            result.Version = candidate.Version;
            result.LastFullShareAt = now - ToPromotion;
        }
    }

    private void Note(double now, string text) => say(string.Create(CultureInfo.InvariantCulture, $"{now,6:0.0} s  {text}"));
}
