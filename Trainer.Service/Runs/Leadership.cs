using Npgsql;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Trainer.Runs;

/// <summary>Runs work for as long as this process leads.</summary>
internal sealed class Leadership(LeaderElection election)
{
    /// <summary>Whether this process leads now.</summary>
    public bool IsLeader => election.IsLeader;

    /// <summary>Waits until this process leads, then runs the work until it returns or the term ends.</summary>
    /// <param name="work">Given a token that is cancelled with the term.</param>
    /// <param name="stoppingToken">Ends everything; nothing is thrown for it.</param>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await UntilElectedAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        using var term = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, election.Term);
        try
        {
            await work(term.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or NpgsqlException && (term.IsCancellationRequested || !election.IsLeader))
        {
            // A term often ends because the database is away, and work that asked it just then hears of that first.
        }
    }

    private async Task UntilElectedAsync(CancellationToken stoppingToken)
    {
        var elected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnChanged(object? sender, bool leads)
        {
            if (leads)
            {
                elected.TrySetResult();
            }
        }

        election.Changed += OnChanged;
        try
        {
            if (!election.IsLeader)
            {
                await elected.Task.WaitAsync(stoppingToken);
            }
        }
        finally
        {
            election.Changed -= OnChanged;
        }
    }
}
