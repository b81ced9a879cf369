using System.Text;

namespace RateLimitSuite.Traffic.Sources;

/// <summary>Reads lines of UTF-8 text and never holds more than so many characters of one: the rest of a longer line is skipped.</summary>
internal sealed class BoundedLineReader(Stream stream, int lengthMax) : IDisposable
{
    private readonly StreamReader _reader = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 64 * 1024);
    private readonly char[] _buffer = new char[16 * 1024];
    private readonly StringBuilder _line = new();
    private int _at;
    private int _filled;

    /// <summary>Whether the last line was cut.</summary>
    public bool WasTooLong { get; private set; }

    /// <summary>The next line without its end; null: no more.</summary>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        _line.Clear();
        WasTooLong = false;
        var any = false;
        while (true)
        {
            if (_at == _filled)
            {
                _filled = await _reader.ReadAsync(_buffer, cancellationToken);
                _at = 0;
                if (_filled == 0)
                {
                    return any ? Line() : null;
                }
            }

            any = true;
            var end = Array.IndexOf(_buffer, '\n', _at, _filled - _at);
            var stop = end < 0 ? _filled : end;
            Append(_at, stop - _at);
            _at = end < 0 ? stop : stop + 1;
            if (end >= 0)
            {
                return Line();
            }
        }
    }

    public void Dispose() => _reader.Dispose();

    private void Append(int start, int count)
    {
        var fits = Math.Min(count, lengthMax - _line.Length);
        _line.Append(_buffer, start, fits);
        WasTooLong |= fits < count;
    }

    private string Line()
    {
        if (_line.Length > 0 && _line[^1] == '\r')
        {
            _line.Length--;
        }

        return _line.ToString();
    }
}
