using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Grpc.Net.Wire;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
internal static class TimeoutHeader
{
    private const long DigitsEnd = 100_000_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(99_999_999);

    /// <summary>Encodes in the finest unit that fits, rounded up, so that the server never gives up before the client.</summary>
    public static string Encode(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return "1n";
        }

        var microseconds = (timeout.Ticks + TimeSpan.TicksPerMicrosecond - 1) / TimeSpan.TicksPerMicrosecond;
        if (microseconds < DigitsEnd)
        {
            return Text(microseconds, 'u');
        }

        var milliseconds = (microseconds + 999) / 1000;
        return milliseconds < DigitsEnd ? Text(milliseconds, 'm') : Text(Math.Min((milliseconds + 999) / 1000, DigitsEnd - 1), 'S');
    }

    /// <summary>Decodes; false for anything that is not a positive time in the protocol's form.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (text is null || text.Length is < 2 or > 9
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            || amount == 0)
        {
            return false;
        }

        var ticks = text[^1] switch
        {
            'n' => Math.Max(1, amount / 100),
            'u' => amount * TimeSpan.TicksPerMicrosecond,
            'm' => amount * TimeSpan.TicksPerMillisecond,
            'S' => amount * TimeSpan.TicksPerSecond,
            'M' => amount * TimeSpan.TicksPerMinute,
            'H' => amount * TimeSpan.TicksPerHour,
            _ => 0,
        };
        timeout = new TimeSpan(Math.Min(ticks, Longest.Ticks));
        return ticks > 0;
    }

    private static string Text(long amount, char unit) => string.Create(CultureInfo.InvariantCulture, $"{amount}{unit}");
}
