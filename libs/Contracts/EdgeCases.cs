namespace RateLimitSuite.Contracts;

/// <summary>Feature vectors on which a model's predictions are checked where no data is.</summary>
public static class EdgeCases
{
    // Volume (requests/s), latency (s), risk, hour.
    private static readonly double[][] Requests = [[0, 0.1, 0, 0], [5000, 2.5, 0.9, 23]];

    // Size (bytes), reputation.
    private static readonly double[][] Callers = [[0, 1], [1e6, 0]];

    // What schema v1's features reach in practice: their ranges go far beyond.
    private static readonly (double Least, double Most)[] Reach = [(0, 5000), (0, 2.5), (0, 1), (0, 23), (0, 1e6), (0, 1)];

    /// <summary>The four that the system was specified with, appended features at their defaults.</summary>
    public static IEnumerable<double[]> Fixed(FeatureSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return from request in Requests from caller in Callers select (double[])[.. request, .. caller, .. Appended(schema)];
    }

    /// <summary>Every corner of what the features of schema v1 reach.</summary>
    public static IEnumerable<double[]> Corners(FeatureSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        for (var corner = 0; corner < 1 << Reach.Length; corner++)
        {
            yield return [.. Reach.Select((reach, feature) => (corner >> feature & 1) == 0 ? reach.Least : reach.Most), .. Appended(schema)];
        }
    }

    /// <summary>Vectors drawn evenly from inside it; the same seed gives the same ones.</summary>
    public static IEnumerable<double[]> Inside(FeatureSchema schema, int count, int seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
#pragma warning disable CA5394 // Seeded on purpose: a check must be repeatable.
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            yield return [.. Reach.Select(reach => FeatureSchema.Canonical(reach.Least + random.NextDouble() * (reach.Most - reach.Least))), .. Appended(schema)];
        }
#pragma warning restore CA5394
    }

    /// <summary>The first fixed case with one feature at a time missing or infinite, which the Limiter never sends.</summary>
    public static IEnumerable<double[]> NotFinite(FeatureSchema schema)
    {
        var ordinary = Fixed(schema).First();
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        return from feature in Enumerable.Range(0, schema.Count)
               from value in values
               select (double[])[.. ordinary[..feature], value, .. ordinary[(feature + 1)..]];
    }

    private static IEnumerable<double> Appended(FeatureSchema schema) => schema.Features.Skip(Reach.Length).Select(feature => feature.Default);
}
