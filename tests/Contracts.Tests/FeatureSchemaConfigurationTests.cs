using Microsoft.Extensions.Configuration;

namespace RateLimitSuite.Contracts.Tests;

public sealed class FeatureSchemaConfigurationTests
{
    [Fact]
    public void GetFeatureSchema_NothingConfigured_IsSchemaV1() => Assert.Same(FeatureSchema.V1, Read());

    [Fact]
    public void GetFeatureSchema_TwoFeatures_AreAppendedInOrderWithTheirRanges()
    {
        var schema = Read(
            ("Appended:0:Name", "basket"), ("Appended:0:Unit", "EUR"), ("Appended:0:Minimum", "-5"), ("Appended:0:Maximum", "500"), ("Appended:0:Default", "10"),
            ("Appended:1:Name", "region"), ("Appended:1:Maximum", "9"), ("Appended:1:Categorical", "true"));

        Assert.Equal("v1+basket+region", schema.Version);
        Assert.Equal(new Feature("basket", "EUR", -5, 500, 10, FeatureSource.Caller), schema.Features[6]);
        Assert.Equal(new Feature("region", "", 0, 9, 0, FeatureSource.Caller, Categorical: true), schema.Features[7]);
    }

    [Theory]
    [InlineData("Appended:0:Maximum", "2", "Features:Appended:0 cannot be used: Feature name '' must be 1..40 characters")]
    [InlineData("Appended:0:Nmae", "x", "Features:Appended:0 cannot be used")]
    [InlineData("Appended:0:Maximum", "plenty", "plenty")]
    public void GetFeatureSchema_BadEntry_NamesItsKey(string key, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Read((key, value))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Maximum", "4.5")]
    [InlineData("Minimum", "-1")]
    [InlineData("Maximum", "70000")]
    public void GetFeatureSchema_CategoryThatIsNoCode_IsRefused(string key, string value)
    {
        var fault = Assert.Throws<ArgumentException>(() => Read(("Appended:0:Name", "region"), ("Appended:0:Categorical", "true"), ($"Appended:0:{key}", value)));

        Assert.Contains("whole numbers from 0 to 65535", fault.Message, StringComparison.Ordinal);
    }

    private static FeatureSchema Read(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Features:{setting.Key}", (string?)setting.Value))).Build().GetFeatureSchema();
}
