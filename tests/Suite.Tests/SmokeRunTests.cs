using RateLimitSuite.Smoke;
using RateLimitSuite.TestSupport;
using Xunit.Abstractions;

namespace RateLimitSuite.Suite.Tests;

/// <summary>The whole suite, started by AppHost, on replayed traffic: one turn of the loop.</summary>
public sealed class SmokeRunTests(ITestOutputHelper output)
{
    private const string Log = "traffic/zanbil-2019-01-22-first41min.access.log.gz";

    [SharedDataFact(Log)]
    public async Task Run_RealLogWithACapacityCut_ClosesTheLoop()
    {
        using var folder = new SmokeFolder();
        var options = SmokeOptions.Parse([SharedData.PathOf(Log), "--timeout", "540"]);

        var report = await SmokeSuite.RunAsync(options, output.WriteLine, folder.Data, CancellationToken.None);

        Assert.True(report.Succeeded, report.Problem);
        Assert.True(report.ShareOfNewVersion >= SmokeRun.ShareWanted, $"{report.ShareOfNewVersion:P1} of decisions carry {report.VersionAfter}.");
        Assert.NotEqual(report.VersionBefore, report.VersionAfter);
        Assert.InRange(report.Between(SmokeStep.FullShare, SmokeStep.ErrorBack)!.Value, TimeSpan.Zero, Recovery.Most);
        Assert.InRange(report.Between(SmokeStep.FullShare, SmokeStep.ViolationsBack)!.Value, TimeSpan.Zero, Recovery.Most);
        Assert.True(report.Last!.Drift!.Mae.Value <= report.Last.Drift.Mae.Limit, $"R {report.Last.Drift.Mae}");
        Assert.True(report.Last.Drift.ViolationRate.Value <= report.Last.Drift.ViolationRate.Limit, $"p {report.Last.Drift.ViolationRate}");
        Assert.Equal(0, report.Last.Traffic!.Failed);
        Assert.Equal(1, report.Last.Traffic.RefillIsClampedPrediction);
    }

    /// <summary>A data folder for one run; where root runs the tests, one that PostgreSQL's own user can reach.</summary>
    private sealed class SmokeFolder : IDisposable
    {
        private readonly string _folder = Path.Combine(Path.GetTempPath(), $"suite-smoke-{Guid.NewGuid():N}");

        public SmokeData Data => new(_folder, "only-for-this-run-" + Path.GetFileName(_folder));

        public void Dispose()
        {
            if (Directory.Exists(_folder))
            {
                Directory.Delete(_folder, recursive: true);
            }
        }
    }
}
