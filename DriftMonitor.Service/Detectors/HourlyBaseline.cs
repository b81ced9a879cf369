namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>What is usual: mean and spread of log R, less what the hour of the week alone explains.</summary>
/// <remarks>Learns from the windows before a value is judged, never from that value. With fewer than the published 168 windows it is
/// ready for no chart, as a short baseline alarms far too often: from 24 windows the median run is 256 where 1,000 are meant.</remarks>
internal sealed class HourlyBaseline(int least = 168, int most = 672)
{
    private const int HoursOfWeek = 168;

    // One hour a week has few windows, so its mean is drawn to the overall one as if by so many more.
    private const double PriorWindows = 3;

    private readonly Queue<(int Hour, double Value)> _windows = [];
    private readonly double[] _hourSums = new double[HoursOfWeek];
    private readonly int[] _hourCounts = new int[HoursOfWeek];
    private double _sum;

    /// <summary>Windows learned from.</summary>
    public int Count => _windows.Count;

    /// <summary>Whether they are enough.</summary>
    public bool Ready => Count >= least;

    /// <summary>Correlation of neighbouring windows; over 0.2 the windows should be wider.</summary>
    public double Lag1 { get; private set; }

    /// <summary>A value in standard deviations from what is usual at its time; 0 while not <see cref="Ready"/>.</summary>
    public double Standardise(DateTimeOffset at, double value)
    {
        if (!Ready)
        {
            return 0;
        }

        var spread = Spread();
        return spread > 0 ? (value - Usual(HourOf(at))) / spread : 0;
    }

    /// <summary>Learns from one window.</summary>
    public void Learn(DateTimeOffset at, double value)
    {
        var hour = HourOf(at);
        _windows.Enqueue((hour, value));
        Add(hour, value, 1);
        if (_windows.Count > most)
        {
            var (oldHour, oldValue) = _windows.Dequeue();
            Add(oldHour, oldValue, -1);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _windows.Clear();
        Array.Clear(_hourSums);
        Array.Clear(_hourCounts);
        _sum = 0;
    }

    private void Add(int hour, double value, int sign)
    {
        _hourSums[hour] += sign * value;
        _hourCounts[hour] += sign;
        _sum += sign * value;
    }

    private double Usual(int hour)
    {
        var mean = _sum / Count;
        return (_hourSums[hour] + (PriorWindows * mean)) / (_hourCounts[hour] + PriorWindows);
    }

    private double Spread()
    {
        var squares = 0.0;
        var products = 0.0;
        var last = 0.0;
        foreach (var (hour, value) in _windows)
        {
            var residual = value - Usual(hour);
            squares += residual * residual;
            products += residual * last;
            last = residual;
        }

        Lag1 = squares > 0 ? products / squares : 0;

        // The profile took part of the freedom: each hour's mean as far as its windows outweigh the prior.
        var fitted = _hourCounts.Where(c => c > 0).Sum(c => c / (c + PriorWindows));
        return Math.Sqrt(squares / Math.Max(1, Count - fitted));
    }

    private static int HourOf(DateTimeOffset at) => ((int)at.UtcDateTime.DayOfWeek * 24) + at.UtcDateTime.Hour;
}
