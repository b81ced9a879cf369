using System.Diagnostics;

namespace RateLimitSuite.Suite.Tests;

/// <summary>Every service refuses a bad setting at its start: a sentence with key, value and range, and an exit code of its own.</summary>
public sealed class BadConfigurationTests
{
    private const int ConfigurationFault = 78;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("Limiter.Service", "--Limiter:ClientsMax=1", "Limiter:ClientsMax is 1; it must be 256..200000000.")]
    [InlineData("Limiter.Service", "--Limiter:EventQueue=many", "Limiter:EventQueue")]
    [InlineData("Limiter.Service", "--HTTP_PORT=99999", "HTTP_PORT is '99999'; it must be a port number from 0 to 65535.")]
    [InlineData("Limiter.Service", "--Suite:Key=short", "Suite:Key")]
    [InlineData("Limiter.Service", "--Limiter:PolicyFile=/no/such/policies.yaml", "/no/such/policies.yaml")]
    [InlineData("Explainer.Service", "--Explainer:BackgroundRows=-1", "Explainer:BackgroundRows is -1; it must be 100..100000.")]
    [InlineData("Trainer.Service", "--Loop:Window=0", "Loop:Window is 00:00:00; it must be over zero.")]
    [InlineData("DriftMonitor.Service", "--Drift:Mode=sometimes", "Drift:Mode is sometimes; it must be statistical or threshold.")]
    [InlineData("DriftMonitor.Service", "--ConnectionStrings:suite=", "suite")]
    [InlineData("Dashboard.Web", "--Dashboard:SignInToken=short", "Dashboard:SignInToken must have at least 16 characters.")]
    [InlineData("Traffic", "--Traffic:CapacityFactor=-1", "Traffic:CapacityFactor is -1; it must be 0.01..1000.")]
    public async Task Start_BadSetting_EndsWithASentenceThatNamesIt(string service, string setting, string message)
    {
        using var process = Process.Start(Command(service, setting))!;
        try
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Longest);

            Assert.Equal(ConfigurationFault, process.ExitCode);
            var last = (await error).Trim().Split('\n')[^1];
            Assert.Contains("does not start: ", last, StringComparison.Ordinal);
            Assert.Contains(message, last, StringComparison.Ordinal);
            await output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static ProcessStartInfo Command(string service, string setting)
    {
        // Output folders stand side by side: artifacts/bin/PROJECT/CONFIGURATION.
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        var bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        var folder = Path.Combine(bin, service, configuration);
        var assembly = Directory.GetFiles(folder, "*.runtimeconfig.json").Single().Replace(".runtimeconfig.json", ".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        string[] arguments =
        [
            assembly, "--HTTP_PORT=0", "--GRPC_PORT=0", $"--Suite:Key={new string('k', 44)}", "--ConnectionStrings:suite=Host=127.0.0.1;Port=1;Username=nobody",
            "--ConnectionStrings:broker=127.0.0.1:1", setting,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
