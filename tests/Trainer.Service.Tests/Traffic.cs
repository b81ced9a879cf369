using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Tests;

/// <summary>Made-up traffic whose right rate is known: more for clients that ask for more, less for risky ones and under latency.</summary>
internal sealed class Traffic
{
    /// <summary>When the first window starts.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Length of a window.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Clients; each has one row a window.</summary>
    public int Clients { get; init; } = 20;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 7;

    /// <summary>Factor on the right rate from row to row; a drift is a factor that changes.</summary>
    public Func<int, double> Factor { get; init; } = _ => 1;

    /// <summary>Changes a row before it is used: damage, poison.</summary>
    public Action<int, RawRow> Alter { get; init; } = (_, _) => { };

    /// <summary>Schema hash of the rows.</summary>
    public string SchemaHash { get; init; } = FeatureSchema.V1.Hash;

    /// <summary>Raw rows, oldest first.</summary>
    public IEnumerable<RawRow> Rows(int count)
    {
        var random = new Random(Seed);
        for (var i = 0; i < count; i++)
        {
            var client = i % Clients;
            var volume = (double)(float)(1 + client + 10 * random.NextDouble());
            var latency = (double)(float)(0.05 + 0.2 * random.NextDouble());
            var risk = (double)(float)random.NextDouble();
            var label = Factor(i) * RightRate(volume, latency, risk);
            var row = new RawRow(FeatureSchema.V1.Count)
            {
                Timestamp = (Start + i / Clients * Window).UtcTicks,
                Label = label,
                Low = 0.98 * label,
                High = 1.02 * label,
                Quality = 0.9,
                Limited = true,
                RefillRate = 10,
                Decisions = 10,
                WronglyThrottled = client == 0 ? 1 : 0,
                Client = $"client-{client:000}",
                Policy = "default",
                SchemaHash = SchemaHash,
            };
            double[] features = [volume, latency, risk, (Start.Hour + i / Clients / 3600) % 24, 512, 0.9];
            features.CopyTo(row.Features, 0);
            Alter(i, row);
            yield return row;
        }
    }

    /// <summary>The same, checked and in columns.</summary>
    public MetricsRows Columns(int count)
    {
        var rows = new MetricsRows(FeatureSchema.V1);
        foreach (var row in Rows(count))
        {
            RowFilter.Add(rows, row);
        }

        return rows;
    }

    /// <summary>What a model should say, tokens/s.</summary>
    public static double RightRate(double volume, double latency, double risk) => (5 + 1.5 * volume) * (1 - 0.6 * risk) / (1 + 2 * latency);
}
