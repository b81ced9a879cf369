using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>Writes explanations to table <c>explanations</c> in batches, by binary COPY, off the path.</summary>
/// <remarks>While the database is away a bounded number wait; beyond it the oldest are dropped and counted.</remarks>
internal sealed partial class ExplanationStore : BackgroundService
{
    private const int BatchRows = 2_000;
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private const string Copy =
        """
        COPY explanations (decided_at, request_id, client_id, subnet, allowed, decided_by, reason, policy, backend, prediction, refill_rate,
                           base_value, shap, features, model_version, mode, background_id, sampled, arm) FROM STDIN (FORMAT BINARY)
        """;

    private readonly NpgsqlDataSource _database;
    private readonly SuiteDatabase _tables;
    private readonly ExplanationPartitions _partitions;
    private readonly ExplainerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<ExplanationStore> _log;
    private readonly Channel<ExplainedDecision> _queue;

    public ExplanationStore(
        NpgsqlDataSource database, SuiteDatabase tables, ExplanationPartitions partitions, ExplainerMetrics metrics, IOptions<ExplainerOptions> options,
        TimeProvider time, ILogger<ExplanationStore> log)
    {
        (_database, _tables, _partitions, _metrics, _time, _log) = (database, tables, partitions, metrics, time, log);
        _queue = Channel.CreateBounded<ExplainedDecision>(
            new BoundedChannelOptions(options.Value.QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => metrics.Dropped("store_full"));
    }

    public void Enqueue(ExplainedDecision explanation) => _queue.Writer.TryWrite(explanation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<ExplainedDecision>(BatchRows);
        try
        {
            await _tables.Ready.WaitAsync(stoppingToken);
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                await FillAsync(batch, stoppingToken);
                await WriteUntilDoneAsync(batch, stoppingToken);
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is still queued is lost with the process, like what a crash would lose: Kafka has had it.
        }
    }

    private async Task FillAsync(List<ExplainedDecision> batch, CancellationToken cancellation)
    {
        await Task.Delay(BatchTime, _time, cancellation);   // A COPY a quarter second, not one a row.
        while (batch.Count < BatchRows && _queue.Reader.TryRead(out var explanation))
        {
            batch.Add(explanation);
        }
    }

    private async Task WriteUntilDoneAsync(List<ExplainedDecision> batch, CancellationToken cancellation)
    {
        for (var failing = false; ; failing = true)
        {
            try
            {
                await _partitions.EnsureAsync(cancellation);
                await WriteAsync(batch, cancellation);
                _metrics.Stored(batch.Count);
                return;
            }
            catch (NpgsqlException fault) when (PostgresRetry.IsAway(fault) || fault is not PostgresException)
            {
                if (!failing)
                {
                    Log.Away(_log, fault.Message);
                }

                await Task.Delay(RetryAfter, _time, cancellation);
            }
            catch (PostgresException fault)
            {
                Log.Refused(_log, batch.Count, fault);
                for (var i = 0; i < batch.Count; i++)
                {
                    _metrics.Dropped("store_refused");
                }

                return;
            }
        }
    }

    private async Task WriteAsync(List<ExplainedDecision> batch, CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        await using var writer = await connection.BeginBinaryImportAsync(Copy, cancellation);
        foreach (var row in batch)
        {
            await writer.StartRowAsync(cancellation);
            await writer.WriteAsync(row.DecidedAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancellation);
            await writer.WriteAsync(row.RequestId, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.ClientId, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.Subnet, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.Allowed, NpgsqlDbType.Boolean, cancellation);
            await writer.WriteAsync((short)row.DecidedBy, NpgsqlDbType.Smallint, cancellation);
            await writer.WriteAsync((short)row.Reason, NpgsqlDbType.Smallint, cancellation);
            await writer.WriteAsync(row.Policy, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.Backend, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.Prediction, NpgsqlDbType.Double, cancellation);
            await writer.WriteAsync(row.RefillRate, NpgsqlDbType.Double, cancellation);
            await writer.WriteAsync(row.BaseValue, NpgsqlDbType.Double, cancellation);
            await writer.WriteAsync(row.Shap, NpgsqlDbType.Array | NpgsqlDbType.Double, cancellation);
            await writer.WriteAsync(row.Features, NpgsqlDbType.Array | NpgsqlDbType.Double, cancellation);
            await writer.WriteAsync(row.ModelVersion, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.Mode, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.BackgroundId, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.Sampled, NpgsqlDbType.Double, cancellation);
            await writer.WriteAsync((short)row.Arm, NpgsqlDbType.Smallint, cancellation);
        }

        await writer.CompleteAsync(cancellation);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Explanations wait, the database is away: {Problem}")]
        public static partial void Away(ILogger logger, string problem);

        [LoggerMessage(Level = LogLevel.Error, Message = "The database refused {Rows} explanations; they are not stored")]
        public static partial void Refused(ILogger logger, int rows, Exception fault);
    }
}
