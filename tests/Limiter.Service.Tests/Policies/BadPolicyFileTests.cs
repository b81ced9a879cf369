using System.Diagnostics;
using RateLimitSuite.Limiter.Tests.Api;

namespace RateLimitSuite.Limiter.Tests.Policies;

public sealed class BadPolicyFileTests : IDisposable
{
    private const int ConfigurationFault = 78;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("bad-policies-").FullName;

    // Nothing that had started would have to be stopped: no host, no broker, no database is waited for.
    [Fact]
    public async Task Start_FaultyFile_EndsWithTheFaultBeforeAnythingRuns()
    {
        var file = Path.Combine(_folder, "policies.yaml");
        await File.WriteAllTextAsync(file, "domains: 7");
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                typeof(LimiterOptions).Assembly.Location, "--HTTP_PORT=0", "--GRPC_PORT=0", $"--Suite:Key={LimiterHost.Key}", $"--Limiter:DataFolder={_folder}",
                $"--Limiter:PolicyFile={file}", "--ConnectionStrings:suite=Host=127.0.0.1;Port=9;Username=x;Database=suite", "--ConnectionStrings:broker=127.0.0.1:9",
                "--services:explainer:grpc:0=http://127.0.0.1:9",
            ])
        { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _folder })!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(Patience);

            Assert.Equal(ConfigurationFault, process.ExitCode);
            Assert.Equal($"Limiter.Service does not start: Policy file {file} is refused: ", (await error).Trim()[..$"Limiter.Service does not start: Policy file {file} is refused: ".Length]);
            Assert.Contains("line 1, column 10: domains: must be a list.", await error, StringComparison.Ordinal);
            Assert.DoesNotContain("Microsoft.Extensions.Hosting", await output, StringComparison.Ordinal);   // its host tells of everything that it starts and stops
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
