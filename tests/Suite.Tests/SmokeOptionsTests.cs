using RateLimitSuite.Smoke;

namespace RateLimitSuite.Suite.Tests;

public sealed class SmokeOptionsTests
{
    [Theory]
    [InlineData("There is no log file", "no-such.log")]
    [InlineData("--timeout needs a number of seconds", "--timeout", "soon")]
    [InlineData("--timeout needs a number of seconds", "--timeout")]
    public void Parse_WrongArguments_SaysWhatIsWrong(string message, params string[] arguments) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => SmokeOptions.Parse(arguments)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_OtherOptions_GoToAppHost() =>
        Assert.Equal(["--Traffic:Speed=5"], SmokeOptions.Parse(["--Traffic:Speed=5"]).AppHostArguments);
}
