namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>ADWIN: keeps as long a window as its mean allows, and cuts off the past when an older and a newer part differ surely.</summary>
/// <remarks>The window is kept as buckets of 1, 2, 4, … samples, at most five of a size, so memory grows with the logarithm of its
/// length. Every boundary between buckets is tried, the last one too.</remarks>
internal sealed class Adwin(double confidence = 0.002)
{
    private const int CheckEvery = 32;
    private const int BucketsPerSize = 5;
    private const int LeastPart = 5;
    private const int Grace = 10;

    // By size, smallest first; within a size the oldest first.
    private readonly List<List<Bucket>> _rows = [[]];
    private double _total;
    private double _squares;
    private long _ticks;

    /// <summary>Samples in the window.</summary>
    public long Width { get; private set; }

    /// <summary>Mean of the window.</summary>
    public double Mean => Width == 0 ? 0 : _total / Width;

    /// <summary>Whether the window is long enough to be judged.</summary>
    public bool Ready => Width > Grace;

    /// <summary>Takes in one sample.</summary>
    /// <returns>True: the mean changed, and the past was cut off.</returns>
    public bool Observe(double value)
    {
        _ticks++;
        if (Width > 0)
        {
            var difference = value - Mean;
            _squares += Width * difference * difference / (Width + 1);
        }

        Width++;
        _total += value;
        _rows[0].Add(new(value, 0));
        Compress();
        return _ticks % CheckEvery == 0 && Ready && Cut();
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _rows.Clear();
        _rows.Add([]);
        (_total, _squares, _ticks, Width) = (0, 0, 0, 0);
    }

    private void Compress()
    {
        for (var row = 0; _rows[row].Count > BucketsPerSize; row++)
        {
            if (row + 1 == _rows.Count)
            {
                _rows.Add([]);
            }

            var size = 1L << row;
            var (older, newer) = (_rows[row][0], _rows[row][1]);
            var difference = (older.Total - newer.Total) / size;
            _rows[row].RemoveRange(0, 2);
            _rows[row + 1].Add(new(older.Total + newer.Total, older.Squares + newer.Squares + (size * difference * difference / 2)));
        }
    }

    private bool Cut()
    {
        var changed = false;
        while (PartsDiffer())
        {
            DropOldest();
            changed = true;
        }

        return changed;
    }

    private bool PartsDiffer()
    {
        var (older, newer) = (0L, Width);
        var (olderTotal, newerTotal) = (0.0, _total);
        for (var row = _rows.Count - 1; row >= 0; row--)
        {
            foreach (var bucket in _rows[row])
            {
                older += 1L << row;
                newer -= 1L << row;
                olderTotal += bucket.Total;
                newerTotal -= bucket.Total;
                if (newer < LeastPart)
                {
                    return false;   // The newer part only shrinks from here.
                }

                if (older >= LeastPart && Math.Abs((olderTotal / older) - (newerTotal / newer)) > LeastDifference(older, newer))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private double LeastDifference(long older, long newer)
    {
        var log = Math.Log(2 * Math.Log(Width) / confidence);
        var harmonic = (1.0 / (older - LeastPart + 1)) + (1.0 / (newer - LeastPart + 1));
        return Math.Sqrt(2 * harmonic * (_squares / Width) * log) + (2.0 / 3 * harmonic * log);
    }

    private void DropOldest()
    {
        var size = 1L << (_rows.Count - 1);
        var oldest = _rows[^1][0];
        _rows[^1].RemoveAt(0);
        Width -= size;
        _total -= oldest.Total;
        var difference = (oldest.Total / size) - Mean;
        _squares -= oldest.Squares + (size * Width * difference * difference / (size + Width));
        while (_rows.Count > 1 && _rows[^1].Count == 0)
        {
            _rows.RemoveAt(_rows.Count - 1);
        }
    }

    private readonly record struct Bucket(double Total, double Squares);
}
