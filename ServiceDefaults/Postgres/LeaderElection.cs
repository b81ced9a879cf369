using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Lets one of several replicas do what only one may do: whoever holds an advisory lock of the database's session.</summary>
/// <remarks>The lock lives as long as the leader's connection, so a killed leader is followed at once, and one that lost its network
/// once the server's keep-alive gives it up. A leader asks every <see cref="CheckEvery"/> whether its session still stands and stops
/// leading when it gets no answer. It may then overlap with the next for up to that long: work must stay right, though not cheap, when done twice.</remarks>
public sealed partial class LeaderElection(NpgsqlDataSource dataSource, string name, TimeProvider clock, ILogger<LeaderElection> logger) : BackgroundService
{
    /// <summary>How often a leader checks its session, and a follower asks for the lock.</summary>
    public static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(2);

    private readonly long _key = Key(name);
    private volatile CancellationTokenSource _term = Ended();

    /// <summary>Raised when this process became leader or ceased to be; the argument says which. Runs on the election's own task: be brief.</summary>
    public event EventHandler<bool>? Changed;

    /// <summary>Whether this process leads now.</summary>
    public bool IsLeader => !_term.IsCancellationRequested;

    /// <summary>Cancelled when the present term ends; already cancelled while this process does not lead.</summary>
    public CancellationToken Term => _term.Token;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _term.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var awayLogged = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await StandAsync(() => awayLogged = false, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (PostgresRetry.IsAway(error) || error is NpgsqlException or OperationCanceledException)
            {
                if (!awayLogged)
                {
                    LogAway(name, error.Message);
                    awayLogged = true;
                }
            }

            await Task.Delay(CheckEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One session: asks for the lock until it is had, then leads until the session ends.
    private async Task StandAsync(Action answered, CancellationToken stoppingToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(stoppingToken);
        try
        {
            while (true)
            {
                if (await AskAsync(connection, stoppingToken))
                {
                    Begin();
                }

                answered();
                await Task.Delay(CheckEvery, clock, stoppingToken);
            }
        }
        finally
        {
            if (IsLeader)
            {
                End();
                await ReleaseAsync(connection);
            }
        }
    }

    private async Task<bool> AskAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        timeout.CancelAfter(CheckEvery);   // An answer that comes later is as good as none.
        await using var command = new NpgsqlCommand(IsLeader ? "SELECT true" : "SELECT pg_try_advisory_lock($1)", connection);
        if (!IsLeader)
        {
            command.Parameters.AddWithValue(_key);
        }

        return await command.ExecuteScalarAsync(timeout.Token) is true && !IsLeader;
    }

    private async Task ReleaseAsync(NpgsqlConnection connection)
    {
        try
        {
            // The pool would keep the session, and with it the lock.
            await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { CommandTimeout = 2 };
            command.Parameters.AddWithValue(_key);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException)
        {
            NpgsqlConnection.ClearPool(connection);   // The session is broken; its end releases the lock.
        }
    }

    private void Begin()
    {
        _term = new CancellationTokenSource();
        LogGained(name);
        Changed?.Invoke(this, true);
    }

    private void End()
    {
        _term.Cancel();
        LogLost(name);
        Changed?.Invoke(this, false);
    }

    private static long Key(string name) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"leader:{name}")));

    private static CancellationTokenSource Ended()
    {
        var source = new CancellationTokenSource();
        source.Cancel();
        return source;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This process leads '{Name}' now.")]
    private partial void LogGained(string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "This process no longer leads '{Name}'.")]
    private partial void LogLost(string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody can be elected for '{Name}' while PostgreSQL is away: {Reason}")]
    private partial void LogAway(string name, string reason);
}
