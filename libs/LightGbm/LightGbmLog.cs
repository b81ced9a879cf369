namespace RateLimitSuite.LightGbm;

/// <summary>Where LightGBM's messages go. Without a receiver they are dropped: what fails a call is in its exception anyway.</summary>
/// <remarks>How much LightGBM says is set by the parameter <c>verbosity</c> (below 0 fatal only, 0 warnings, 1 information, above 1 debug).</remarks>
public static class LightGbmLog
{
    private static volatile Action<LightGbmLogLevel, string>? _receiver;

    /// <summary>Sets what receives every message of the process, or null. It is called on the training thread: it must be quick and thread-safe.</summary>
    public static void SetReceiver(Action<LightGbmLogLevel, string>? receiver) => _receiver = receiver;

    internal static void Receive(string line)
    {
        if (_receiver is not { } receiver)
        {
            return;
        }

        var (level, text) = Parse(line);
        if (text.Length > 0)
        {
            receiver(level, text);
        }
    }

    private static (LightGbmLogLevel Level, string Text) Parse(string line) => line switch
    {
        _ when After(line, "[LightGBM] [Warning]") is { } text => (LightGbmLogLevel.Warning, text),
        _ when After(line, "[LightGBM] [Debug]") is { } text => (LightGbmLogLevel.Debug, text),
        _ => (LightGbmLogLevel.Information, After(line, "[LightGBM] [Info]") ?? line),
    };

    private static string? After(string line, string prefix) =>
        line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..].Trim() : null;
}
