using Aspire.Hosting.Parameters;

namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class ParameterTests
{
    [Fact]
    public void GetOrAdd_SecondRun_GivesTheValueOfTheFirst()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "secrets", "secrets.json");
        var first = new GeneratedValues(file).GetOrAdd("Parameters:suite-key", () => "made up");

        var second = new GeneratedValues(file).GetOrAdd("Parameters:suite-key", () => "made up again");

        Assert.Equal((first, "made up"), (second, first));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void GetOrAdd_OtherSecretsInTheFile_StayThere()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "secrets.json");
        File.WriteAllText(file, """{ "Slack:Token": "kept" }""");

        new GeneratedValues(file).GetOrAdd("Parameters:suite-key", () => "new");

        Assert.Equal("kept", new GeneratedValues(file).GetOrAdd("Slack:Token", () => "lost"));
    }

    [Fact]
    public void GetDefaultValue_MinimaSet_HasThemAndTheLengthAndNothingElse()
    {
        var value = new GenerateParameterDefault { MinLength = 30, Special = false, MinNumeric = 12, MinUpper = 3 }.GetDefaultValue();

        Assert.Equal(30, value.Length);
        Assert.True(value.Count(char.IsAsciiDigit) >= 12, value);
        Assert.True(value.Count(char.IsAsciiLetterUpper) >= 3, value);
        Assert.All(value, c => Assert.True(char.IsAsciiLetterOrDigit(c)));
    }

    [Fact]
    public async Task AddParameter_NameWithHyphen_IsReadFromAVariableWithUnderscore()
    {
        var builder = RunningApp.Describe(b => b.AddParameter("suite-key", secret: true), "--Parameters:suite_key=given");

        Assert.Equal("given", await ((ParameterResource)builder.Resources.Single()).GetValueAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("two--hyphens")]
    [InlineData("trailing-")]
    [InlineData("under_score")]
    public void AddParameter_InvalidName_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => { RunningApp.Describe(b => b.AddParameter(name)); });

    [Fact]
    public void AddResource_NameTakenInOtherCase_IsRefused()
    {
        var error = Assert.Throws<DistributedApplicationException>(() =>
        {
            RunningApp.Describe(b =>
            {
                b.AddParameter("key");
                b.AddParameter("KEY");
            });
        });

        Assert.Contains("'KEY'", error.Message, StringComparison.Ordinal);
    }
}
