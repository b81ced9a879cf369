using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Consuming;
using RateLimitSuite.DriftMonitor.Tests.Windows;

namespace RateLimitSuite.DriftMonitor.Tests.Storage;

/// <summary>A partition's records, which consumers read again and again.</summary>
internal static class RecordedLog
{
    private const int Records = 60;

    /// <summary>Gives a record to a reader, as the consumer does.</summary>
    public static void Feed(PartitionReader reader, string topic, long offset, byte[] value)
    {
        reader.Passed(topic, offset);
        if (topic == Topics.Decisions)
        {
            reader.Add(DecisionBatch.Parser.ParseFrom(value), long.MaxValue / 2);
        }
        else
        {
            reader.Add(OutcomeBatch.Parser.ParseFrom(value), long.MaxValue / 2);
        }

        reader.Advance();
    }

    /// <summary>30 s of three clients in batches of a second, decisions before outcomes.</summary>
    public static List<(string Topic, long Offset, byte[] Value)> Batches()
    {
        var records = new List<(string, long, byte[])>();
        for (var second = 0; second < Records / 2; second++)
        {
            var decisions = new DecisionBatch { SchemaHash = Traffic.SchemaHash };
            var outcomes = new OutcomeBatch();
            for (var i = 0; i < 30; i++)
            {
                var at = second + (i / 30.0);
                var allowed = i % 10 != 9;
                decisions.Decisions.Add(Traffic.Decide(at, $"c{i % 3}", $"{second}-{i}", allowed, prediction: 5));
                if (allowed)
                {
                    outcomes.Outcomes.Add(Traffic.Complete(at + 0.01, $"{second}-{i}"));
                }
            }

            records.Add((Topics.Decisions, second, Google.Protobuf.MessageExtensions.ToByteArray(decisions)));
            records.Add((Topics.Outcomes, second, Google.Protobuf.MessageExtensions.ToByteArray(outcomes)));
        }

        return records;
    }

    /// <summary>Everything that was written of it.</summary>
    public static async Task<List<string>> ReadRowsAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            """
            SELECT 'row ' || claw_metrics::text FROM claw_metrics
            UNION ALL SELECT 'window ' || drift_windows::text FROM drift_windows
            UNION ALL SELECT 'count ' || rows_written FROM drift_checkpoints ORDER BY 1
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
