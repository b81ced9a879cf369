using Aspire.Hosting.Orchestration;

namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class ResourceConsoleTests
{
    [Fact]
    public void Write_NoColour_StripsEscapesAndAlignsNames()
    {
        using var text = new StringWriter();
        var console = new ResourceConsole(text, colour: false);

        console.Write("limiter", "\e[32minfo\e[0m: up");

        Assert.Equal($"limiter      | info: up{Environment.NewLine}", text.ToString());
    }

    [Fact]
    public void Write_Colour_GivesEachResourceItsOwn()
    {
        using var text = new StringWriter();
        var console = new ResourceConsole(text, colour: true);

        console.Write("a", "x");
        console.Write("b", "x");
        console.Write("a", "y");

        var colours = text.ToString().Split(Environment.NewLine).Select(line => line.Split('m')[0]).ToArray();
        Assert.Equal(colours[0], colours[2]);
        Assert.NotEqual(colours[0], colours[1]);
    }
}
