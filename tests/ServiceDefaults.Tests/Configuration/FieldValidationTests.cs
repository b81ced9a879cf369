using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.ServiceDefaults.Tests.Configuration;

public sealed class FieldValidationTests
{
    [Theory]
    [InlineData("Rows", "0", "Sample:Rows is 0; it must be 1..1000.")]
    [InlineData("Pause", "00:10:00", "Sample:Pause is 00:10:00; it must be 00:00:01..00:02:00.")]
    [InlineData("Mode", "fast", "Sample:Mode is fast; it must be slow or steady.")]
    [InlineData("Folder", "", "Sample:Folder is unset; it must be set.")]
    public void Value_BadField_IsNamedWithItsValueAndRange(string key, string value, string message) =>
        Assert.Equal([message], Assert.Throws<OptionsValidationException>(() => Read((key, value))).Failures);

    [Fact]
    public void Value_SeveralBadFields_NamesAll() =>
        Assert.Equal(2, Assert.Throws<OptionsValidationException>(() => Read(("Rows", "-1"), ("Mode", "x"))).Failures.Count());

    [Fact]
    public void Value_SecretTooShort_IsNotRepeated() => Assert.DoesNotContain(
        "hunter2", Assert.Throws<OptionsValidationException>(() => Read(("Secret", "hunter2"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Value_AddedTwice_SaysItOnce() =>
        Assert.Single(Assert.Throws<OptionsValidationException>(() => Read(times: 2, ("Rows", "0"))).Failures);

    [Fact]
    public void Value_GoodFields_IsBound() => Assert.Equal(7, Read(("Rows", "7")).Rows);

    private static Sample Read(params (string Key, string Value)[] settings) => Read(times: 1, settings);

    private static Sample Read(int times, params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Sample:{setting.Key}", (string?)setting.Value))).Build());
        for (var i = 0; i < times; i++)
        {
            services.AddSuiteOptions<Sample>("Sample");
        }

        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<Sample>>().Value;
    }

    private sealed class Sample
    {
        [Range(1, 1_000)] public int Rows { get; init; } = 1;

        [Range(typeof(TimeSpan), "00:00:01", "00:02:00")] public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

        [RegularExpression("slow|steady")] public string Mode { get; init; } = "slow";

        [Required] public string Folder { get; init; } = "here";

        [MinLength(16)] public string Secret { get; init; } = "0123456789abcdef";
    }
}
