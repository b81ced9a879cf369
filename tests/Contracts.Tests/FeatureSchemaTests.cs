namespace RateLimitSuite.Contracts.Tests;

public sealed class FeatureSchemaTests
{
    private static readonly Feature Region = new("region", "", 0, 100, 0, FeatureSource.Caller, Categorical: true);

    [Fact]
    public void V1_Names_AreInTheOrderOfTheProtocol() => Assert.Equal(
        ["request_volume", "avg_latency", "client_risk", "hour_of_day", "request_size", "ip_reputation"], FeatureSchema.V1.Names);

    // Stored beside every model and every row: a change here makes all of them strangers.
    [Fact]
    public void V1_Hash_IsTheOneThatModelsWereStoredWith() => Assert.Equal("55af3fa439a26053", FeatureSchema.V1.Hash);

    [Fact]
    public void Append_OwnFeature_ExtendsNamesVersionAndHash()
    {
        var schema = FeatureSchema.V1.Append(Region);

        Assert.Equal(("v1+region", 7, 6), (schema.Version, schema.Count, schema.IndexOf("region")));
        Assert.NotEqual(FeatureSchema.V1.Hash, schema.Hash);
        Assert.NotEqual(schema.Hash, FeatureSchema.V1.Append(Region with { Maximum = 200 }).Hash);
        Assert.Same(FeatureSchema.V1, FeatureSchema.V1.Append());
    }

    [Theory]
    [InlineData(FeatureSchema.ClientRisk, 0, null)]
    [InlineData(FeatureSchema.ClientRisk, 1, null)]
    [InlineData(FeatureSchema.ClientRisk, 1.5, "client_risk is 1.5; it must be 0..1.")]
    [InlineData(FeatureSchema.ClientRisk, double.NaN, "client_risk is NaN; it must be 0..1.")]
    [InlineData(FeatureSchema.HourOfDay, 24, "hour_of_day is 24; it must be 0..23 h.")]
    [InlineData(FeatureSchema.RequestVolume, -1, "request_volume is -1; it must be 0..1000000000 requests/s.")]
    [InlineData(FeatureSchema.RequestSize, double.PositiveInfinity, "request_size is Infinity; it must be 0..1000000000000 By.")]
    public void Fault_Value_NamesFeatureAndRange(int feature, double value, string? fault) => Assert.Equal(fault, FeatureSchema.V1.Fault(feature, value));

    [Theory]
    [InlineData(3, null)]
    [InlineData(3.5, "region is 3.5; a category is a whole number.")]
    public void Fault_Category_MustBeWhole(double value, string? fault) => Assert.Equal(fault, FeatureSchema.V1.Append(Region).Fault(6, value));

    [Theory]
    [InlineData("", 0, 1, 0, "must be 1..40 characters")]
    [InlineData("Region", 0, 1, 0, "of a-z, 0-9 and _")]
    [InlineData("ip_reputation", 0, 1, 0, "is taken")]
    [InlineData("x", 1, 1, 1, "minimum < maximum")]
    [InlineData("x", 0, 1, 2, "default between them")]
    [InlineData("x", double.NaN, 1, 0, "minimum < maximum")]
    public void Append_BadFeature_IsRefused(string name, double minimum, double maximum, double otherwise, string message)
    {
        var fault = Assert.Throws<ArgumentException>(() => FeatureSchema.V1.Append(new Feature(name, "", minimum, maximum, otherwise, FeatureSource.Caller)));

        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Append_TooMany_IsRefused()
    {
        var many = Enumerable.Range(0, FeatureSchema.MaximumCount).Select(i => Region with { Name = $"f{i}" }).ToArray();

        Assert.Contains("at most 64", Assert.Throws<ArgumentException>(() => FeatureSchema.V1.Append(many)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EdgeCases_OfAnyKind_FitTheSchemaAndItsRanges()
    {
        var schema = FeatureSchema.V1.Append(Region);
        double[][] vectors = [.. EdgeCases.Fixed(schema), .. EdgeCases.Corners(schema), .. EdgeCases.Inside(schema, 100, seed: 1)];

        Assert.Equal(4 + 64 + 100, vectors.Length);
        Assert.All(vectors, vector =>
        {
            Assert.Equal(schema.Count, vector.Length);
            Assert.All(Enumerable.Range(0, schema.Count), i => Assert.Null(schema.Fault(i, vector[i])));
        });
        Assert.All(EdgeCases.NotFinite(schema), vector => Assert.Single(vector, value => !double.IsFinite(value)));
    }
}
