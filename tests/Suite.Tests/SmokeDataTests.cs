using RateLimitSuite.Smoke;

namespace RateLimitSuite.Suite.Tests;

public sealed class SmokeDataTests
{
    [Fact]
    public void CutFactor_KeptRuns_CutDeeperEachTime()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var data = new SmokeData(folder.FullName, "x");
            var cuts = new List<double>();
            for (var run = 0; run < 5; run++)
            {
                cuts.Add(Math.Round(data.CutFactor, 4));
                Assert.Contains($"--Traffic:CutFactor={cuts[^1]}", data.Arguments);
                data.CountRun();
            }

            Assert.Equal([0.7, 0.35, 0.175, 0.0875, 0.05], cuts);
            Assert.Equal(5, data.RunsBefore);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
