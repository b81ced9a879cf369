namespace RateLimitSuite.Profiles.Tests;

public sealed class PackageProfileTests
{
    [Fact]
    public async Task Run_FeedHasEveryPackage_ChoosesFullInTheSameBuild()
    {
        using var suite = new ScratchSuite("FEED");
        suite.AddEveryGroup();

        var (exitCode, output) = await suite.DotNetAsync("run", "--project", "App");

        Assert.True(exitCode == 0, output);
        Assert.Contains("runs on the feed's packages", output, StringComparison.Ordinal);
        Assert.Contains("<PackageProfile>full</PackageProfile>", File.ReadAllText(suite.ProfileFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FeedLacksThePackages_ChoosesAirgapAndNamesWhatIsMissing()
    {
        using var suite = new ScratchSuite("FEED");

        var (exitCode, output) = await suite.DotNetAsync("run", "--project", "App");

        Assert.True(exitCode == 0, output);
        Assert.Contains("runs on stand-ins", output, StringComparison.Ordinal);
        var profile = File.ReadAllText(suite.ProfileFile);
        Assert.Contains("<PackageProfile>airgap</PackageProfile>", profile, StringComparison.Ordinal);
        Assert.Contains("the feed lacks Aspire.Hosting.AppHost, Grpc.AspNetCore", profile, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_SolutionWithOneGroupOnTheFeed_TakesThatGroupFromTheFeedAlone()
    {
        using var suite = new ScratchSuite("FEED");
        suite.Feed.AddGroup("GrpcPackages");
        await suite.DotNetAsync("new", "sln", "--format", "sln", "-n", "Scratch");
        await suite.DotNetAsync("sln", "add", "App");

        var (exitCode, output) = await suite.DotNetAsync("build", "Scratch.sln");

        Assert.True(exitCode == 0, output);
        Assert.Contains("Package profile: airgap (Aspire standin, gRPC feed, telemetry standin", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ProfileAskedFor_IsNotProbed()
    {
        using var suite = new ScratchSuite("FEED");

        var (exitCode, output) = await suite.DotNetAsync("publish", "App", "-p:PackageProfile=airgap");

        Assert.True(exitCode == 0, output);
        Assert.Contains("because it was asked for", output, StringComparison.Ordinal);
        Assert.False(File.Exists(suite.ProfileFile));
    }

    [Fact]
    public async Task Restore_FeedDoesNotAnswer_StopsWithItsErrorAndChoosesNothing()
    {
        using var suite = new ScratchSuite("/nowhere/no-such-feed");

        var (exitCode, output) = await suite.DotNetAsync("restore", "App");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("SUITE0001", output, StringComparison.Ordinal);
        Assert.False(File.Exists(suite.ProfileFile));
    }
}
