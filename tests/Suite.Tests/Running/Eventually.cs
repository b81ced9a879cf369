using System.Diagnostics;

namespace RateLimitSuite.Suite.Tests.Running;

/// <summary>Waits for what a running suite will come to, as long as a busy machine may need.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="what">What is waited for, for the message when it never comes.</param>
    /// <param name="ask">Gives null while it is not there.</param>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> ask)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            if (Stopwatch.GetElapsedTime(started) > Longest)
            {
                throw new TimeoutException($"{what} did not come within {Longest.TotalMinutes} min.");
            }

            await Task.Delay(Look);
        }
    }

    /// <summary>Asks until it is so.</summary>
    public static Task TrueAsync(string what, Func<Task<bool>> ask) => GetAsync(what, async () => await ask() ? "so" : null);
}
