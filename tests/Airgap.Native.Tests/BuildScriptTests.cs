namespace RateLimitSuite.Airgap.Native.Tests;

public sealed class BuildScriptTests : IDisposable
{
    private readonly BuildScript _script = new();

    public void Dispose() => _script.Dispose();

    [Fact]
    public async Task Build_FirstTime_LeavesTheLibraryWhereItSays()
    {
        var (exitCode, output) = await _script.RunAsync("librdkafka");

        Assert.True(exitCode == 0, output);
        Assert.Equal("the library", await File.ReadAllTextAsync(_script.LibraryFile));
        Assert.Equal(_script.LibraryFile, (await _script.RunAsync("--where", "librdkafka")).Output.Trim());
        Assert.Equal(0, (await _script.RunAsync("--check", "librdkafka")).ExitCode);
        Assert.Empty(Directory.GetDirectories(_script.CacheFolder, "*.work.*"));
    }

    [Fact]
    public async Task Build_SecondTime_FetchesNothing()
    {
        await _script.RunAsync("librdkafka");
        await _script.RunAsync("librdkafka");

        Assert.Equal(1, _script.Fetches);
    }

    [Fact]
    public async Task Build_TwoAtOnce_FetchOnceAndBothSucceed()
    {
        var results = await Task.WhenAll(_script.RunAsync("librdkafka"), _script.RunAsync("librdkafka"));

        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.Output));
        Assert.Equal(1, _script.Fetches);
    }

    [Fact]
    public async Task Build_LibraryWasChanged_BuildsItAgain()
    {
        await _script.RunAsync("librdkafka");
        await File.AppendAllTextAsync(_script.LibraryFile, "!");
        Assert.Equal(1, (await _script.RunAsync("--check", "librdkafka")).ExitCode);

        await _script.RunAsync("librdkafka");

        Assert.Equal("the library", await File.ReadAllTextAsync(_script.LibraryFile));
    }

    [Fact]
    public async Task Build_PackageOfAnotherChecksum_IsNotUsed()
    {
        _script.PackSources("something else", sha256: new string('0', 64));

        var (exitCode, output) = await _script.RunAsync("librdkafka");

        Assert.Equal(1, exitCode);
        Assert.Contains("made-up@1 has SHA-256", output, StringComparison.Ordinal);
        Assert.Equal(1, (await _script.RunAsync("--check", "librdkafka")).ExitCode);
    }

    [Fact]
    public async Task Build_ToolsMissing_NamesThemAndHowToInstall()
    {
        _script.RemoveTool("cmake");
        _script.RemoveTool("npm");

        var (exitCode, output) = await _script.RunAsync("librdkafka");

        Assert.Equal(1, exitCode);
        Assert.Contains("needs npm cmake. Install with: sudo apt-get install -y npm", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_CompilerFails_ShowsTheEndOfTheLogAndLeavesNothing()
    {
        _script.AddTool("make", "echo 'rdkafka.c:1: error: no such thing'; exit 2");

        var (exitCode, output) = await _script.RunAsync("librdkafka");

        Assert.Equal(1, exitCode);
        Assert.Contains("compiling failed", output, StringComparison.Ordinal);
        Assert.Contains("rdkafka.c:1: error: no such thing", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_script.CacheFolder));
    }

    [Fact]
    public async Task Build_InBackground_ReturnsBeforeTheCompilerDoes()
    {
        var gate = Path.Combine(_script.CacheFolder, "gate");
        _script.AddTool("make", $"until [[ -e '{gate}' ]]; do sleep 0.05; done; echo 'cc -c a.c'; cp \"$2/rdkafka.c\" \"$2/librdkafka.so.1\"");

        var (exitCode, output) = await _script.RunAsync("--background", "librdkafka");
        Assert.Equal(0, exitCode);
        Assert.Contains("in the background", output, StringComparison.Ordinal);
        Assert.Equal(1, (await _script.RunAsync("--check", "librdkafka")).ExitCode);

        await File.WriteAllTextAsync(gate, "");
        Assert.Equal(0, (await _script.RunAsync("librdkafka")).ExitCode);   // Waits for the other.
        Assert.Equal("the library", await File.ReadAllTextAsync(_script.LibraryFile));
        Assert.InRange(_script.Fetches, 1, 1);
    }

    [Theory]
    [InlineData("usage:")]
    [InlineData("usage:", "--other", "librdkafka")]
    [InlineData("no library is called 'boost'", "boost")]
    public async Task Arguments_Wrong_ExitWithTwo(string message, params string[] arguments)
    {
        var (exitCode, output) = await _script.RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }
}
