namespace RateLimitSuite.Profiles.Tests;

/// <summary>The suite on stand-ins: a feed that has the packages hides it where the suite's code uses what a stand-in lacks.</summary>
public sealed class StandInBuildTests : IDisposable
{
    private readonly string _artifacts = Directory.CreateTempSubdirectory("suite-standins-").FullName;

    [Fact]
    public async Task Build_EveryManagedGroupAStandIn_CompilesTheWholeSuite()
    {
        // The native libraries stay as the profile has them: compiling those takes minutes and has its own tests.
        var (exitCode, output) = await DotNet.RunAsync(
            DotNet.Repository, "build", "AppHost", "-nologo", "-v", "minimal", "-p:AspirePackages=standin", "-p:GrpcPackages=standin", "-p:TelemetryPackages=standin",
            "-p:WebAssetsPackage=standin", $"-p:ArtifactsPath={_artifacts}", "-p:UseSharedCompilation=true", "-p:EnforceCodeStyleInBuild=false", "-p:RunAnalyzers=false");

        Assert.True(exitCode == 0, output);
        Assert.Contains("(Aspire standin, gRPC standin, telemetry standin", output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_artifacts, recursive: true);
}
