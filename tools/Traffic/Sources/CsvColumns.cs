using System.Globalization;

namespace RateLimitSuite.Traffic.Sources;

/// <summary>Reads event CSVs by their header: <c>ts_ms</c> and <c>client</c> at least; <c>bytes</c>, <c>latency_us</c>, <c>status</c> where present.</summary>
internal sealed class CsvColumns
{
    private const long LastMillisecond = 253_402_300_799_999;

    private readonly int _time;
    private readonly int _client;
    private readonly int _bytes;
    private readonly int _latency;
    private readonly int _status;
    private readonly List<string> _fields = [];

    private CsvColumns(List<string> names)
    {
        _time = names.IndexOf("ts_ms");
        _client = names.IndexOf("client");
        _bytes = names.IndexOf("bytes");
        _latency = names.IndexOf("latency_us");
        _status = names.IndexOf("status");
    }

    /// <summary>Whether a first line is such a header.</summary>
    public static CsvColumns? TryReadHeader(string line)
    {
        var names = new List<string>();
        Split(line.TrimStart('\uFEFF'), names);
        var columns = new CsvColumns([.. names.Select(name => name.Trim().ToLowerInvariant())]);
        return columns._time >= 0 && columns._client >= 0 ? columns : null;
    }

    /// <summary>Reads one line.</summary>
    /// <returns>What is wrong with it; null: nothing.</returns>
    public string? TryRead(string line, out LoggedRequest request)
    {
        request = default;
        _fields.Clear();
        if (!Split(line, _fields))
        {
            return "a quote is not closed";
        }

        if (!long.TryParse(Field(_time), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at) || at is < 0 or > LastMillisecond)
        {
            return $"ts_ms is '{Shorten(Field(_time))}'";
        }

        if (Field(_client).Length is 0 or > 256)
        {
            return "client is empty or over 256 characters";
        }

        if (!TryNumber(Field(_bytes), out var bytes) || !TryNumber(Field(_latency), out var latency) || !TryNumber(Field(_status), out var status) || status > 999)
        {
            return "bytes, latency_us or status is no number";
        }

        request = new LoggedRequest(at, Field(_client), bytes, latency / 1e6, double.IsNaN(status) ? 0 : (int)status);
        return null;
    }

    private string Field(int column) => column >= 0 && column < _fields.Count ? _fields[column] : "";

    private static bool TryNumber(string text, out double number)
    {
        number = double.NaN;
        return text.Length == 0 || (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && number is >= 0 and < 1e12);
    }

    // RFC 4180, without line breaks in fields.
    private static bool Split(string line, List<string> fields)
    {
        var at = 0;
        while (true)
        {
            if (at < line.Length && line[at] == '"')
            {
                var end = at + 1;
                while (end < line.Length && (line[end] != '"' || (end + 1 < line.Length && line[end + 1] == '"')))
                {
                    end += line[end] == '"' ? 2 : 1;
                }

                if (end >= line.Length)
                {
                    return false;
                }

                fields.Add(line[(at + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal));
                at = end + 1;
            }
            else
            {
                var end = line.IndexOf(',', at);
                fields.Add(end < 0 ? line[at..] : line[at..end]);
                at = end < 0 ? line.Length : end;
            }

            if (at >= line.Length)
            {
                return true;
            }

            at++;   // The comma.
        }
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
