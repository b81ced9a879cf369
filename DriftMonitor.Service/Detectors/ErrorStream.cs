namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>Page–Hinkley and ADWIN over the errors of single row windows: they see a change before a detector window is full.</summary>
internal sealed class ErrorStream
{
    // As many windows as fix mean and spread before the errors are standardised.
    private const int Warmup = 100;

    private PageHinkley _pageHinkley = new();
    private Adwin _adwin = new();
    private long _count;
    private double _mean;
    private double _squares;
    private bool _rose;
    private bool _cut;

    /// <summary>Another model: nothing of the past is held against it.</summary>
    public void Reset()
    {
        _pageHinkley = new();
        _adwin = new();
        (_count, _mean, _squares, _rose, _cut) = (0, 0, 0, false, false);
    }

    /// <summary>Takes in the R of one row window.</summary>
    public void Observe(double error)
    {
        if (_count < Warmup)
        {
            _count++;
            var difference = error - _mean;
            _mean += difference / _count;
            _squares += difference * (error - _mean);
            return;
        }

        var spread = Math.Sqrt(_squares / (_count - 1));
        var standardised = spread > 0 ? (error - _mean) / spread : 0;
        _rose |= _pageHinkley.Observe(standardised);
        var before = _adwin.Mean;
        _cut |= _adwin.Observe(standardised) && _adwin.Mean > before;
    }

    /// <summary>What was found since the last reading.</summary>
    public IReadOnlyList<DetectorReading> Read(bool retrains)
    {
        var ready = _count >= Warmup;
        DetectorReading[] readings =
        [
            new("page_hinkley", _pageHinkley.Statistic, _pageHinkley.Limit, _rose, ready && _pageHinkley.Ready, retrains),
            new("adwin", _adwin.Mean, 0, _cut, ready && _adwin.Ready, retrains, $"{_adwin.Width} windows alike"),
        ];
        (_rose, _cut) = (false, false);
        return readings;
    }
}
