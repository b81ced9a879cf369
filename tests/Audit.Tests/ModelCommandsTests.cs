using System.Diagnostics;
using System.Globalization;
using RateLimitSuite.TreeModel.Tests;

namespace RateLimitSuite.Audit.Tests;

public sealed class ModelCommandsTests : IDisposable
{
    // Two splits on "a", then one on "b": leaves 1, 2, 4.
    private const string Model = """
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        max_feature_idx=1
        objective=regression
        feature_names=a b

        Tree=0
        num_leaves=3
        split_feature=0 1
        threshold=0.5 10
        decision_type=10 10
        left_child=-1 -2
        right_child=1 -3
        leaf_value=1 2 4
        leaf_count=50 25 25
        internal_count=100 50

        end of trees

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("audit-tests");

    public ModelCommandsTests() => File.WriteAllText(PathOf("model.txt"), Model.ReplaceLineEndings("\n"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("0,0\n1,10\n1,11\n,\n", "1\n2\n4\n1\n")]
    [InlineData("a,b\n0,0\n1,10\n", "1\n2\n")]
    [InlineData("b,x,a\n0,9,0\n10,9,1\n", "1\n2\n")]
    [InlineData("x,y\n1,11\nNaN,3\n", "4\n1\n")]
    [InlineData("inf,Infinity\n-inf,0\n+Inf,-INF\n", "4\n1\n2\n")]
    public async Task Predict_AnyFormOfRows_WritesAPredictionEach(string rows, string expected)
    {
        File.WriteAllText(PathOf("rows.csv"), rows);
        var (exit, _) = await Run("predict", "--model", PathOf("model.txt"), "--rows", PathOf("rows.csv"), "--out", PathOf("out.csv"));
        Assert.Equal(0, exit);
        Assert.Equal("pred\n" + expected, File.ReadAllText(PathOf("out.csv")));
    }

    [Theory]
    [InlineData("0,0\n1,ten\n", "line 2", "ten")]
    [InlineData("1,ten\n0,0\n", "line 1", "ten")]
    [InlineData("0,0\n1\n", "line 2", "1 cells")]
    [InlineData("a,c\n1,2\n", "line 1", "'b'")]
    [InlineData("1,2,3\n", "line 1", "3 columns")]
    [InlineData("", "line 1", "empty")]
    public async Task Predict_RowsAtFault_ExitsWithTwoAndTheLine(string rows, string line, string what)
    {
        File.WriteAllText(PathOf("rows.csv"), rows);
        var (exit, error) = await Run("predict", "--model", PathOf("model.txt"), "--rows", PathOf("rows.csv"), "--out", PathOf("out.csv"));
        Assert.Equal(2, exit);
        Assert.Contains(line, error, StringComparison.Ordinal);
        Assert.Contains(what, error, StringComparison.Ordinal);
        Assert.Equal(["model.txt", "rows.csv"], _folder.GetFiles().Select(file => file.Name).Order());
    }

    [Theory]
    [InlineData("explain --model model.txt --rows rows.csv --mode sideways --out out.csv")]
    [InlineData("explain --model model.txt --rows rows.csv --mode interventional --out out.csv")]
    [InlineData("explain --model model.txt --rows rows.csv --mode path --background rows.csv --out out.csv")]
    [InlineData("explain --model absent.txt --rows rows.csv --mode path --out out.csv")]
    [InlineData("predict --rows rows.csv --out out.csv")]
    [InlineData("importance --model model.txt --repeats 0")]
    [InlineData("importance --model model.txt --hours -1")]
    [InlineData("importance --model model.txt --threshold none")]
    [InlineData("conjure")]
    public async Task Any_WrongUsage_ExitsWithTwo(string arguments)
    {
        File.WriteAllText(PathOf("rows.csv"), "0,0\n");
        var (exit, error) = await Run(Array.ConvertAll(arguments.Split(' '), argument => argument.Contains('.', StringComparison.Ordinal) ? PathOf(argument) : argument));
        Assert.Equal(2, exit);
        Assert.StartsWith("audit: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_BrokenModel_NamesItsLine()
    {
        File.WriteAllText(PathOf("rows.csv"), "0,0\n");
        File.WriteAllText(PathOf("broken.txt"), Model.ReplaceLineEndings("\n").Replace("leaf_value=1 2 4", "leaf_value=1 2", StringComparison.Ordinal));
        var (exit, error) = await Run("predict", "--model", PathOf("broken.txt"), "--rows", PathOf("rows.csv"), "--out", PathOf("out.csv"));
        Assert.Equal(2, exit);
        Assert.Contains("broken.txt, line 16, leaf_value: 2 entries where 3 belong", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_InterventionalWithInteractions_AddsUp()
    {
        File.WriteAllText(PathOf("rows.csv"), "1,11\n");
        File.WriteAllText(PathOf("background.csv"), "0,0\n1,0\n");
        var (exit, _) = await Run(
            "explain", "--model", PathOf("model.txt"), "--rows", PathOf("rows.csv"), "--mode", "interventional", "--background", PathOf("background.csv"), "--interactions", "--out", PathOf("out.csv"));
        Assert.Equal(0, exit);
        var lines = File.ReadAllLines(PathOf("out.csv"));
        Assert.Equal("a:a,a:b,b:a,b:b,expected_value", lines[0]);
        Assert.Equal(4, lines[1].Split(',').Sum(cell => double.Parse(cell, CultureInfo.InvariantCulture)), 1e-12);
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("explain", "--mode", "path")]
    public async Task Any_Stopped_ExitsAsShellsExpectAndLeavesNoFile(params string[] command)
    {
        File.WriteAllText(PathOf("rows.csv"), "0,0\n");
        using var error = new StringWriter();
        string[] arguments = [.. command, "--model", PathOf("model.txt"), "--rows", PathOf("rows.csv"), "--out", PathOf("out.csv")];
        Assert.Equal(130, await AuditProgram.RunAsync(arguments, TextWriter.Null, error, new CancellationToken(canceled: true)));
        Assert.Equal("audit: stopped.", error.ToString().Trim());
        Assert.Equal(["model.txt", "rows.csv"], _folder.GetFiles().Select(file => file.Name).Order());
    }

    [Fact]
    public async Task Explain_PathMode_TellsWhichTablesWereChosen()
    {
        File.WriteAllText(PathOf("rows.csv"), "1,11\n");
        var (exit, notes) = await Run("explain", "--model", PathOf("model.txt"), "--rows", PathOf("rows.csv"), "--mode", "path", "--out", PathOf("out.csv"));
        Assert.Equal(0, exit);
        Assert.Contains("values: 1 tables, 1 of 1 trees in one, 0 leaves computed", notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_AModel_TellsItsBounds()
    {
        using var output = new StringWriter();
        Assert.Equal(0, await AuditProgram.RunAsync(["inspect", "--model", PathOf("model.txt")], output, TextWriter.Null));
        Assert.Contains("prediction at most", output.ToString(), StringComparison.Ordinal);
    }

    [GoldenFact]
    public async Task Explain_GoldenRows_WritesNativeContributions()
    {
        var (exit, _) = await Run("explain", "--model", Golden.PathOf("model.txt"), "--rows", Golden.PathOf("X.csv"), "--mode", "path", "--out", PathOf("out.csv"));
        Assert.Equal(0, exit);
        string[] expected = File.ReadAllLines(Golden.PathOf("contrib.csv")), written = File.ReadAllLines(PathOf("out.csv"));
        Assert.Equal(expected[0], written[0]);
        Assert.Equal(expected.Length, written.Length);
        for (var line = 1; line < expected.Length; line++)
        {
            Assert.All(expected[line].Split(',').Zip(written[line].Split(',')), cells =>
                Assert.Equal(double.Parse(cells.First, CultureInfo.InvariantCulture), double.Parse(cells.Second, CultureInfo.InvariantCulture), 1e-9));
        }
    }

    [GoldenTheory]
    [InlineData("DOTNET_EnableAVX512F", "DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2", "DOTNET_EnableAVX")]
    [InlineData("DOTNET_EnableHWIntrinsic", "DOTNET_EnableHWIntrinsic")]
    public async Task PredictAndExplain_WithNarrowerVectors_WriteTheSameBytes(params string[] switches)
    {
        await RunProcess("wide", []);
        await RunProcess("narrow", switches);
        Assert.Equal(File.ReadAllText(PathOf("wide-predictions.csv")), File.ReadAllText(PathOf("narrow-predictions.csv")));
        Assert.Equal(File.ReadAllText(PathOf("wide-values.csv")), File.ReadAllText(PathOf("narrow-values.csv")));
    }

    private async Task RunProcess(string name, string[] switchedOff)
    {
        string[] input = ["--model", Golden.PathOf("model.txt"), "--rows", Golden.PathOf("X.csv")];
        string[][] commands = [["predict", .. input, "--out", PathOf($"{name}-predictions.csv")], ["explain", .. input, "--mode", "path", "--out", PathOf($"{name}-values.csv")]];
        foreach (var command in commands)
        {
            var start = new ProcessStartInfo("dotnet", [typeof(AuditProgram).Assembly.Location, .. command]) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var variable in switchedOff)
            {
                start.Environment[variable] = "0";
            }

            using var process = Process.Start(start)!;
            using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            var error = await process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            Assert.True(process.ExitCode == 0, error);
        }
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static async Task<(int Exit, string Error)> Run(params string[] arguments)
    {
        using var error = new StringWriter();
        var exit = await AuditProgram.RunAsync(arguments, TextWriter.Null, error);
        return (exit, error.ToString());
    }
}
