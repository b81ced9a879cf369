using Microsoft.Extensions.Configuration;

namespace RateLimitSuite.Contracts.Tests;

public sealed class LoopProfileConfigurationTests
{
    [Fact]
    public void GetLoopProfile_KeysSet_LieOverThePreset()
    {
        var profile = Configure(("Profile", "smoke"), ("WatchTime", "00:00:30"), ("CanaryShares:0", "0.5"), ("CanaryShares:1", "1"));

        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)), (profile.Window, profile.WatchTime));
        Assert.Equal([0.5, 1], profile.CanaryShares);
        Assert.Equal(TimeSpan.FromSeconds(15), LoopProfile.Smoke.WatchTime);
    }

    [Fact]
    public void GetLoopProfile_NothingSet_IsProductions() => Assert.Equal(LoopProfile.Production, Configure());

    [Theory]
    [InlineData("Profile", "fast", "Loop:Profile is 'fast'; it must be production, local or smoke.")]
    [InlineData("Window", "00:00:00", "Loop:Window is 00:00:00; it must be over zero.")]
    [InlineData("DetectorWindow", "-00:00:01", "Loop:DetectorWindow is -00:00:01")]
    [InlineData("WindowTimeout", "0", "Loop:WindowTimeout")]
    [InlineData("ShadowTime", "0", "Loop:ShadowTime")]
    [InlineData("CanaryTime", "0", "Loop:CanaryTime")]
    [InlineData("WatchTime", "0", "Loop:WatchTime")]
    [InlineData("BetweenStarts", "-1", "Loop:BetweenStarts is -1.00:00:00; it must not be below zero.")]
    [InlineData("ModelSpan", "-1", "Loop:ModelSpan")]
    [InlineData("HoldoutSpan", "-1", "Loop:HoldoutSpan")]
    [InlineData("FirstModelRows", "0", "Loop:FirstModelRows is 0; it must be 1 or more.")]
    [InlineData("ModelRows", "-5", "Loop:ModelRows is -5")]
    [InlineData("ShadowDecisions", "0", "Loop:ShadowDecisions")]
    [InlineData("CanaryDecisions", "0", "Loop:CanaryDecisions")]
    [InlineData("QuietWindows", "-1", "Loop:QuietWindows is -1; it must not be below 0.")]
    [InlineData("HoldoutShare", "1", "Loop:HoldoutShare is 1; it must be between 0 and 1.")]
    [InlineData("HoldoutShare", "NaN", "Loop:HoldoutShare is NaN")]
    [InlineData("CanaryShares:0", "0.5", "Loop:CanaryShares must be shares over 0 that end in 1.")]
    [InlineData("ModelRows", "many", "Loop:ModelRows")]
    [InlineData("Windw", "00:00:01", "Windw")]
    public void GetLoopProfile_BadValue_NamesTheKeyAndTheRange(string key, string value, string message)
    {
        var fault = Assert.Throws<ArgumentException>(() => Configure((key, value)));

        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    private static LoopProfile Configure(params (string Key, string Value)[] keys) => new ConfigurationBuilder()
        .AddInMemoryCollection(keys.Select(key => KeyValuePair.Create($"Loop:{key.Key}", (string?)key.Value)))
        .Build().GetLoopProfile();
}
