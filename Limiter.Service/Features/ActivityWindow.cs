using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RateLimitSuite.Limiter.Features;

/// <summary>One client's recent activity: requests over the last second, mean latency over the last five.</summary>
/// <remarks>
/// Requests are counted in steps of 250 ms; the window holds the four youngest steps and that part of the fifth which still lies within
/// the last second, so the rate is exact but for where in one step a request fell. Latencies are summed in steps of 1.25 s, four of them.
/// One step number serves both: whatever touches the client first turns both rings to the present. 48 bytes; the caller holds the lock.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct ActivityWindow
{
    private const int RequestSteps = 5;
    private const int LatencySteps = 4;
    private const uint StepsPerLatencyStep = 5;
    private const long StepTicks = 250 * TimeSpan.TicksPerMillisecond;

    private RequestCounts _requests;
    private uint _step;
    private LatencySums _latencySums;
    private LatencyCounts _latencyCounts;

    /// <summary>Counts requests offered at a moment, and reads what is then known.</summary>
    /// <param name="count">How many; 0: none, read only.</param>
    /// <param name="now">Monotonic time.</param>
    /// <returns>As <see cref="Read"/>.</returns>
    public (double RequestRate, double MeanLatency) CountRequests(uint count, TimeSpan now)
    {
        var step = Turn(now);
        ref var slot = ref _requests[(int)(_step % RequestSteps)];
        slot = count > uint.MaxValue - slot ? uint.MaxValue : slot + count;
        return (RateOfSteps(now.Ticks - (step * StepTicks)), LatencyOfSteps());
    }

    /// <summary>Adds the latency of one request that ended at a moment.</summary>
    public void AddLatency(double seconds, TimeSpan now)
    {
        Turn(now);
        var slot = (int)(_step / StepsPerLatencyStep % LatencySteps);
        if (_latencyCounts[slot] < ushort.MaxValue)
        {
            _latencyCounts[slot]++;
            _latencySums[slot] += (float)seconds;
        }
    }

    /// <summary>Requests/s over the last second.</summary>
    public double RequestRate(TimeSpan now) => Read(now).RequestRate;

    /// <summary>Mean latency in seconds over the last five seconds; NaN without one.</summary>
    public double MeanLatency(TimeSpan now) => Read(now).MeanLatency;

    /// <summary>Requests/s over the last second and mean latency in seconds over the last five; NaN without one.</summary>
    public (double RequestRate, double MeanLatency) Read(TimeSpan now)
    {
        var step = Turn(now);
        return (RateOfSteps(now.Ticks - (step * StepTicks)), LatencyOfSteps());
    }

    private readonly double RateOfSteps(long ticksIntoStep)
    {
        var sum = (ulong)_requests[0] + _requests[1] + _requests[2] + _requests[3] + _requests[4];

        // Of the oldest step only what lies within the last second.
        var oldest = _requests[(int)((_step + 1) % RequestSteps)];
        return oldest == 0 ? sum : sum - (oldest * (ticksIntoStep * (1.0 / StepTicks)));
    }

    private readonly double LatencyOfSteps()
    {
        var count = _latencyCounts[0] + _latencyCounts[1] + _latencyCounts[2] + _latencyCounts[3];
        return count == 0 ? double.NaN : ((double)_latencySums[0] + _latencySums[1] + _latencySums[2] + _latencySums[3]) / count;
    }

    // Clears the steps between the last touch and now, and gives now's; a request that reached the lock late counts in the present step.
    private long Turn(TimeSpan now)
    {
        var step = now.Ticks / StepTicks;
        var passed = unchecked((int)((uint)step - _step));
        if (passed > 0)
        {
            TurnTo((uint)step, passed);
        }

        return step;
    }

    // Among very many clients nearly each was last touched longer ago than its requests are kept.
    private void TurnTo(uint step, int passed)
    {
        if (passed >= RequestSteps)
        {
            _requests = default;
        }
        else
        {
            ClearRequests((int)(_step % RequestSteps), passed);
        }

        var latencyStep = _step / StepsPerLatencyStep;
        var latencyPassed = (int)(step / StepsPerLatencyStep - latencyStep);
        if (latencyPassed >= LatencySteps)
        {
            (_latencySums, _latencyCounts) = (default, default);
        }
        else if (latencyPassed > 0)
        {
            ClearLatencies((int)(latencyStep % LatencySteps), latencyPassed);
        }

        _step = step;
    }

    private void ClearRequests(int slot, int passed)
    {
        for (; passed > 0; passed--)
        {
            slot = slot == RequestSteps - 1 ? 0 : slot + 1;
            _requests[slot] = 0;
        }
    }

    private void ClearLatencies(int slot, int passed)
    {
        for (; passed > 0; passed--)
        {
            slot = slot == LatencySteps - 1 ? 0 : slot + 1;
            (_latencySums[slot], _latencyCounts[slot]) = (0, 0);
        }
    }

    [InlineArray(RequestSteps)]
    private struct RequestCounts
    {
        private uint _first;
    }

    [InlineArray(LatencySteps)]
    private struct LatencySums
    {
        private float _first;
    }

    [InlineArray(LatencySteps)]
    private struct LatencyCounts
    {
        private ushort _first;
    }
}
