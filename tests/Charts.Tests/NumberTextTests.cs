namespace RateLimitSuite.Charts.Tests;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.1234567, "0.123")]
    [InlineData(0.00001234, "1.23e-5")]
    [InlineData(3.14159, "3.14")]
    [InlineData(31.4159, "31.4")]
    [InlineData(314.159, "314")]
    [InlineData(3141.59, "3.14k")]
    [InlineData(-2_500_000, "-2.5M")]
    [InlineData(7e9, "7G")]
    [InlineData(double.NaN, "–")]
    public void Compact_Value_HasThreeDigits(double value, string text) => Assert.Equal(text, NumberText.Compact(value));

    [Theory]
    [InlineData(1.25, "+1.25")]
    [InlineData(-14.2, "−14.2")]
    [InlineData(0, "0")]
    public void WithSign_Value_ShowsWhichWay(double value, string text) => Assert.Equal(text, NumberText.WithSign(value));
}
