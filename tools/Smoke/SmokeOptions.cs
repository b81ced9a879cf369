namespace RateLimitSuite.Smoke;

/// <summary>What one smoke run is asked to do.</summary>
/// <param name="Log">Access log or event CSV to replay; null: made traffic.</param>
/// <param name="Timeout">After this the run has failed.</param>
/// <param name="AppHostArguments">Further configuration for AppHost.</param>
internal sealed record SmokeOptions(string? Log, TimeSpan Timeout, IReadOnlyList<string> AppHostArguments)
{
    /// <summary>Reads the command line: <c>[LOG] [--timeout SECONDS] [--Key=value ...]</c>.</summary>
    /// <exception cref="ArgumentException">Says what is wrong with it.</exception>
    public static SmokeOptions Parse(IReadOnlyList<string> arguments)
    {
        string? log = null;
        var timeout = TimeSpan.FromMinutes(8);
        var rest = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--timeout")
            {
                if (++i == arguments.Count || !int.TryParse(arguments[i], out var seconds) || seconds is < 10 or > 7200)
                {
                    throw new ArgumentException("--timeout needs a number of seconds, 10..7200.");
                }

                timeout = TimeSpan.FromSeconds(seconds);
            }
            else if (arguments[i].StartsWith('-'))
            {
                rest.Add(arguments[i]);
            }
            else if (log is null)
            {
                log = Path.GetFullPath(arguments[i]);
                if (!File.Exists(log))
                {
                    throw new ArgumentException($"There is no log file {log}.");
                }
            }
            else
            {
                throw new ArgumentException($"Only one log can be replayed; '{arguments[i]}' is a second one.");
            }
        }

        return new SmokeOptions(log, timeout, rest);
    }
}
