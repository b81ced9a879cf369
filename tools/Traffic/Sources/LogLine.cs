using System.Globalization;

namespace RateLimitSuite.Traffic.Sources;

/// <summary>Reads lines of access logs in common or combined format: <c>host ident user [time] "request" status bytes …</c>.</summary>
internal static class LogLine
{
    private const string TimeFormat = "dd/MMM/yyyy:HH:mm:ss zzz";
    private const int TimeLength = 26;

    /// <summary>Reads one line.</summary>
    /// <returns>What is wrong with it; null: nothing.</returns>
    public static string? TryRead(ReadOnlySpan<char> line, out LoggedRequest request)
    {
        request = default;
        var hostEnd = line.IndexOf(' ');
        if (hostEnd <= 0)
        {
            return "no client";
        }

        var open = line.IndexOf('[');
        if (open < 0 || line.Length <= open + 1 + TimeLength || line[open + 1 + TimeLength] != ']')
        {
            return "no [time]";
        }

        // Logs write +0330; .NET reads +03:30.
        var time = line.Slice(open + 1, TimeLength);
        if (!DateTimeOffset.TryParseExact(
            string.Concat(time[..^2], ":", time[^2..]), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            return $"no time: [{time}]";
        }

        var quote = line[(open + TimeLength)..].IndexOf('"');
        var rest = quote < 0 ? default : line[(open + TimeLength + quote + 1)..];
        var closing = EndOfQuoted(rest);
        if (closing < 0)
        {
            return "no \"request\"";
        }

        rest = rest[(closing + 1)..].TrimStart();
        var space = rest.IndexOf(' ');
        if (space < 0 || !int.TryParse(rest[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 100 or > 999)
        {
            return "no status";
        }

        rest = rest[(space + 1)..];
        var end = rest.IndexOf(' ');
        var bytes = end < 0 ? rest : rest[..end];
        var size = 0.0;
        if (bytes is not "-" && !(double.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size < 1e12))
        {
            return "no size";
        }

        request = new LoggedRequest(at.ToUnixTimeMilliseconds(), line[..hostEnd].ToString(), size, double.NaN, status);
        return null;
    }

    // Servers escape a quote within the request by a backslash.
    private static int EndOfQuoted(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i;
            }
        }

        return -1;
    }
}
