namespace RateLimitSuite.Benchmarks.Trees;

internal static class Rows
{
    public static double[] Uniform(int count)
    {
        var random = new Random(1);
        var rows = new double[count * 6];
        for (var i = 0; i < count; i++)
        {
            var row = rows.AsSpan(i * 6, 6);
            double u = random.NextDouble(), v = random.NextDouble(), w = random.NextDouble();
            row[0] = Math.Floor(5000 * u * u);
            row[1] = 3 * v * v;
            row[2] = random.NextDouble();
            row[3] = Math.Floor(24 * random.NextDouble());
            row[4] = Math.Floor(1e6 * w * w * w);
            row[5] = random.NextDouble();
        }

        return rows;
    }
}
