using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Control;

/// <summary>Finds the rate that a backend can serve, from what its requests came to: the parent bucket's rate and the in-flight cap.</summary>
/// <remarks>
/// Outcomes are sorted into windows by when the request ended, and a window is judged when its reports are in: its end plus the longest
/// recent reporting delay. A standing queue (even the fastest request of the window took 1.35 base latencies and a tenth of the SLO) or
/// many failures set the parent to 0.97 of the measured completion rate, and hold it until what was admitted since can be seen; a
/// healthy window in which clients asked for more than they got raises it by 4 %; a window in which nobody asked for more proves nothing and changes nothing. Where cut after cut makes the
/// fastest request no faster there is no queue: the backend has become slower, and its present latency is the new base.
/// Free of I/O and of clocks: every call is given its time, so that a simulation runs this very code. Thread-safe but for
/// <see cref="Tick"/>, which one caller calls.
/// </remarks>
internal sealed class BackendController
{
    private const int RingLength = 64;
    private const int HoldWindows = 1;
    private const double QueueFactor = 1.35;
    private const double QueueSlackOfSlo = 0.1;
    private const double CutFactor = 0.97;
    private const double DeepestCut = 0.6;
    private const int FewestCompletions = 32;
    private const int MostWindows = 16;
    private const int RateWindows = 3;
    private const double GrowthFactor = 1.04;
    private const double GrowthHeadroom = 1.1;
    private const double PromptSeconds = 0.6;   // reports that are no later do not slow growth
    private const double LeastGrowthShare = 0.4;
    private const long OutcomesToJudge = 100;
    private const int CutsToDoubtTheQueue = 3;
    private const double DrainedShare = 0.9;
    private const double FailureShareKept = 0.8;   // of the mean, a window
    private const double ErrorBudgetToExperiment = 0.5;

    /// <summary>Length of a window of judgement.</summary>
    public static readonly TimeSpan WindowLength = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LongestReportDelay = TimeSpan.FromSeconds(9);

    // Long enough to see a batch's whole saw, short enough that one stall of a gateway does not slow the control for a minute.
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private readonly ControlWindow[] _windows = [.. Enumerable.Range(0, RingLength).Select(_ => new ControlWindow())];
    private readonly BaseLatency _baseLatency;
    private readonly Observation _observation = new();
    private readonly InFlightCount _inFlight = new();
    private readonly InFlightCount _reservedInFlight = new();
    private readonly InFlightCap _cap = new();
    private long _judged = -1;
    private long _holdUntil = -1;
    private double _reportDelay;   // seconds; the longest of this period and the last
    private double _reportDelayNow;
    private TimeSpan _reportPeriodEnds;
    private long _outcomes;
    private bool _limited;         // since the last judgement clients asked for more than the parent gave
    private long _throttled;
    private int _cuts;                 // one after the other, by latency
    private double _failureShare;      // mean of the last windows
    private double _firstCutLatency;   // seconds, of the window that the first of them was made for
    private double _firstCutRate;      // tokens/s that it completed

    public BackendController(BackendOptions options)
    {
        Options = options;
        ParentRate = options.InitialRate;
        _baseLatency = new BaseLatency(options.Slo);
    }

    /// <summary>Its settings; a reload may change them.</summary>
    public BackendOptions Options { get; set; }

    /// <summary>Tokens/s that its clients may have together. Written by <see cref="Tick"/>, read once a decision.</summary>
    public double ParentRate { get; private set; }

    /// <summary>Tokens that may be in flight; 0: no cap in force.</summary>
    public double Cap { get; private set; }

    /// <summary>Tokens admitted and not known to be done.</summary>
    public double InFlight => _inFlight.Tokens;

    /// <summary>Seconds; 0: not yet known.</summary>
    public double BaseLatencySeconds => _baseLatency.Seconds;

    /// <summary>The last judged window's minimum, seconds; 0: none.</summary>
    public double WindowLatencySeconds { get; private set; }

    /// <summary>Tokens/s that the backend completed, mean of the last judged windows: one alone is too noisy to cut by.</summary>
    public double CompletionRate { get; private set; }

    /// <summary>Whether a queue stood in the last judged window, or too much failed.</summary>
    public bool Congested { get; private set; }

    /// <summary>Whether at least half of the admissions of 10 to 20 s ago were reported.</summary>
    public bool Observed { get; private set; }

    /// <summary>What it is doing.</summary>
    public BackendState State { get; private set; } = BackendState.Warming;

    /// <summary>Mean latency of the last windows, seconds; NaN: none. Stands in for clients without outcomes of their own.</summary>
    public double MeanLatencySeconds { get; private set; } = double.NaN;

    /// <summary>Whether it can bear a little more than its share: observed, its base latency known, no queue, and most of its error budget left.</summary>
    public bool IsHealthy => Observed && !Congested && BaseLatencySeconds > 0 && _failureShare <= Options.FailureShareMax * (1 - ErrorBudgetToExperiment);

    /// <summary>What the clients of policies with a reserve ask for of it, as a share of the parent's rate. Written by the control loop.</summary>
    public double ReservedShare { get; set; }

    /// <summary>Whether one more request would break the in-flight cap.</summary>
    /// <param name="cost">Its tokens.</param>
    /// <param name="reserved">Whether its policy has a reserve: others leave free what of the reserve is asked for and not in flight.</param>
    public bool IsAtCap(double cost, bool reserved = false)
    {
        var cap = Cap;
        if (cap <= 0)
        {
            return false;
        }

        if (!reserved && ReservedShare > 0)
        {
            cap -= Math.Max(0, (ReservedShare * cap) - _reservedInFlight.Tokens);
        }

        return _inFlight.Tokens + cost > Math.Max(cap, cost);
    }

    /// <summary>Counts an admission.</summary>
    public void Admitted(double cost, TimeSpan now, bool reserved = false)
    {
        _inFlight.Add(cost);
        _observation.Admitted(now);
        if (reserved)
        {
            _reservedInFlight.Add(cost);
        }
    }

    /// <summary>Notes that the parent or the cap turned a client away.</summary>
    public void Throttled() => Interlocked.Increment(ref _throttled);

    /// <summary>Adds what became of an admission.</summary>
    /// <param name="admittedAt">When it was admitted.</param>
    /// <param name="latency">What the gateway measured, seconds.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="cost">Tokens it took.</param>
    /// <param name="now">When the report arrived.</param>
    /// <param name="reserved">Whether its policy has a reserve.</param>
    public void Completed(TimeSpan admittedAt, double latency, OutcomeClass outcome, double cost, TimeSpan now, bool reserved = false)
    {
        _observation.Reported(admittedAt);
        var endedAt = Min(admittedAt + TimeSpan.FromSeconds(Math.Min(latency, 3600)), now);
        lock (_lock)
        {
            Done(cost, reserved);
            _reportDelayNow = Math.Max(_reportDelayNow, Min(now - endedAt, LongestReportDelay).TotalSeconds);
            _reportDelay = Math.Max(_reportDelay, _reportDelayNow);
            var number = endedAt.Ticks / WindowLength.Ticks;
            if (number <= _judged || number <= (now.Ticks / WindowLength.Ticks) - RingLength)
            {
                return;   // Reported after its window was judged.
            }

            var window = Window(number);
            if (outcome is OutcomeClass.Ok or OutcomeClass.ClientError)
            {
                window.AddCompletion(latency, cost);
            }
            else
            {
                window.AddFailure();
            }
        }
    }

    /// <summary>Takes an admission that nobody reported out of the in-flight count.</summary>
    public void Expired(double cost, bool reserved = false)
    {
        lock (_lock)
        {
            Done(cost, reserved);
        }
    }

    /// <summary>Judges the windows whose reports are in.</summary>
    /// <param name="wanted">Whether clients ask for more than the parent has.</param>
    /// <param name="now">Time of the call; every 50 to 100 ms.</param>
    public void Tick(bool wanted, TimeSpan now)
    {
        lock (_lock)
        {
            _limited |= wanted | Interlocked.Exchange(ref _throttled, 0) > 0;
            Observed = _observation.IsObserved(now);
            _cap.Tick(_inFlight.Tokens, now);
            var due = ((now - TimeSpan.FromSeconds(_reportDelay)).Ticks / WindowLength.Ticks) - 1;
            if (due <= _judged)
            {
                UpdateCap();
                return;
            }

            _judged = Math.Max(_judged, due - RingLength);
            while (_judged < due)
            {
                _judged++;
                Judge(_windows[_judged % RingLength], _judged);
            }

            if (now >= _reportPeriodEnds)
            {
                (_reportDelay, _reportDelayNow, _reportPeriodEnds) = (_reportDelayNow, 0, now + ReportPeriod);
            }

            _limited = false;
            UpdateCap();
        }
    }

    private void Done(double cost, bool reserved)
    {
        _inFlight.Remove(cost);
        _cap.Done(cost);
        if (reserved)
        {
            _reservedInFlight.Remove(cost);
        }
    }

    private void Judge(ControlWindow window, long number)
    {
        if (window.Number != number)
        {
            window.Begin(number);
        }

        CompletionRate = MeanCompletionRate(number);
        _outcomes += window.Completions + window.Failures;
        _failureShare = (_failureShare * FailureShareKept) + (window.FailureShare * (1 - FailureShareKept));
        if (window.Completions > 0)
        {
            WindowLatencySeconds = window.MinimumLatency;
            _baseLatency.Add(WindowLength * (number + 1), window.Percentile(0.1), window.Completions);
            var mean = window.Percentile(0.5);
            MeanLatencySeconds = double.IsNaN(MeanLatencySeconds) ? mean : MeanLatencySeconds * 0.8 + mean * 0.2;
        }

        Congested = IsCongested(window);
        if (!Observed)
        {
            State = BackendState.Unobserved;
        }
        else if (_baseLatency.Seconds == 0 && !Congested)
        {
            State = BackendState.Warming;
        }
        else if (Congested)
        {
            Cut(window, number);
        }
        else
        {
            Grow(number);
        }
    }

    private double MeanCompletionRate(long number)
    {
        var completed = 0.0;
        for (var back = 0; back < RateWindows && number - back >= 0; back++)
        {
            var window = _windows[(number - back) % RingLength];
            completed += window.Number == number - back ? window.Completed : 0;
        }

        return completed / (Math.Min(RateWindows, number + 1) * WindowLength.TotalSeconds);
    }

    private bool IsCongested(ControlWindow window)
    {
        if (_baseLatency.Seconds == 0)
        {
            // A backend that only fails never shows its base latency: it must be relieved all the same.
            return _outcomes >= OutcomesToJudge && IsFailing(window);
        }

        var queued = LeastRecentLatency(window) > (QueueFactor * _baseLatency.Seconds) + (QueueSlackOfSlo * Options.Slo.TotalSeconds);
        return queued || IsFailing(window);
    }

    // The least of few latencies is large by chance: of three with a spread of 0.4, every third time. At a low rate earlier windows
    // help out, or each such chance would cut the rate, which leaves fewer still, down to nothing.
    private double LeastRecentLatency(ControlWindow window)
    {
        var completions = 0;
        var least = double.PositiveInfinity;
        for (var number = window.Number; completions < FewestCompletions && number > window.Number - MostWindows && number >= 0; number--)
        {
            var earlier = _windows[number % RingLength];
            if (earlier.Number == number)
            {
                completions += earlier.Completions;
                least = Math.Min(least, earlier.MinimumLatency);
            }
        }

        return completions >= FewestCompletions ? least : 0;
    }

    private bool IsFailing(ControlWindow window) => window.Failures > 2 && window.FailureShare > Options.FailureShareMax;

    // A queue that gets less than is completed drains; what stays as slow through three cuts is none. Half the SLO is the most that is believed.
    private bool IsSlowWithoutQueue(ControlWindow window) =>
        _cuts >= CutsToDoubtTheQueue && window.MinimumLatency >= DrainedShare * _firstCutLatency && window.MinimumLatency <= Options.Slo.TotalSeconds / 2;

    private void Cut(ControlWindow window, long number)
    {
        if (number < _holdUntil)
        {
            return;   // What the last cut does is not to be seen yet.
        }

        var failing = IsFailing(window);
        if (!failing && IsSlowWithoutQueue(window))
        {
            _baseLatency.Rebase(WindowLength * (number + 1), window.MinimumLatency);
            ParentRate = Math.Clamp(_firstCutRate, ParentRate, Options.MaximumRate);
            _cuts = 0;
            State = BackendState.Holding;
            return;
        }

        if (_cuts == 0)
        {
            (_firstCutLatency, _firstCutRate) = (window.MinimumLatency, CompletionRate);
        }

        _cuts = failing ? 0 : _cuts + 1;
        var target = CutFactor * CompletionRate;
        ParentRate = Math.Clamp(Math.Max(Math.Min(target, ParentRate), ParentRate * DeepestCut), Options.MinimumRate, Options.MaximumRate);
        State = BackendState.Cut;

        // Windows that began before the cut, or while what stood in the queue was still being served, show the queue that was.
        var drained = failing ? Options.Timeout.TotalSeconds : Math.Min(window.MinimumLatency, Options.Timeout.TotalSeconds);
        _holdUntil = number + 1 + HoldWindows + (long)Math.Ceiling((_reportDelay + drained) / WindowLength.TotalSeconds);
    }

    private void Grow(long number)
    {
        _cuts = 0;
        if (!_limited || number < _holdUntil)
        {
            State = BackendState.Holding;
            return;
        }

        // Growth that no completions follow would be drift: the parent stays in reach of what was seen.
        var reach = Math.Max(CompletionRate * GrowthHeadroom, ParentRate);
        ParentRate = Math.Min(Math.Min(ParentRate * Math.Pow(GrowthFactor, GrowthShare), reach), Options.MaximumRate);
        State = BackendState.Growing;
    }

    // Where everything fails half the SLO stands in for the base latency, as nothing better is known.
    private void UpdateCap()
    {
        var latency = _baseLatency.Seconds > 0 ? _baseLatency.Seconds : Options.Slo.TotalSeconds / 2;
        Cap = Options.InFlightCap && Observed && (_baseLatency.Seconds > 0 || _outcomes >= OutcomesToJudge)
            ? _cap.Tokens(ParentRate, latency, _reportDelay)
            : 0;
    }

    // The later reports are, the further growth runs on before the queue that it builds is seen.
    private double GrowthShare => _reportDelay <= PromptSeconds ? 1 : Math.Max(LeastGrowthShare, PromptSeconds / _reportDelay);

    private ControlWindow Window(long number)
    {
        var window = _windows[number % RingLength];
        if (window.Number != number)
        {
            window.Begin(number);
        }

        return window;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
