using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Tells a PostgreSQL that is away from one that refuses, and repeats work with growing pauses while it is away.</summary>
public static partial class PostgresRetry
{
    /// <summary>Does the work, again and again while the server is away; the first time it is so is logged.</summary>
    /// <exception cref="PostgresException">The server is there and refuses.</exception>
    /// <exception cref="OperationCanceledException">Nobody wants to wait any longer.</exception>
    public static async Task<T> UntilAnsweredAsync<T>(
        Func<CancellationToken, Task<T>> work, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        for (var pause = Pause.First; ; pause = Pause.After(pause))
        {
            try
            {
                return await work(cancellationToken);
            }
            catch (Exception error) when (IsAway(error))
            {
                if (pause == Pause.First)
                {
                    LogAway(logger, error.Message);
                }
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    /// <summary>Whether the server may be back later: it is starting, stopping, out of connections or out of reach.</summary>
    public static bool IsAway(Exception error) => error switch
    {
        PostgresException postgres => postgres.IsTransient || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal),
        NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is SocketException or IOException or TimeoutException,
        SocketException => true,
        _ => false,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL is away, waiting for it: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
