using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace RateLimitSuite.Benchmarks.Grpc;

/// <summary>nghttp2's load generator: the same call again and again, from a process of its own.</summary>
internal sealed partial class H2Load(string folder)
{
    private const int Connections = 8;

    /// <summary>Whether it is installed.</summary>
    public static bool IsPresent => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(path => File.Exists(Path.Combine(path, "h2load")));

    /// <summary>Makes calls as fast as answers come.</summary>
    /// <returns>Calls/s.</returns>
    public double Run(Uri server, string method, byte[] frame, int calls) => Parse(Execute(server, method, frame, calls));

    private string Execute(Uri server, string method, byte[] frame, int calls)
    {
        var body = Path.Combine(folder, method.Replace('/', '_'));
        File.WriteAllBytes(body, frame);
        string[] arguments =
        [
            "-n", $"{calls}", "-c", $"{Connections}", "-m", "32", "-t", "1", "-d", body, "-H", "content-type: application/grpc", "-H", "te: trailers",
            new Uri(server, method).ToString(),
        ];
        using var process = Process.Start(new ProcessStartInfo("h2load", arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private static double Parse(string output)
    {
        var (speed, failed) = (Speed().Match(output), Failed().Match(output));
        if (!speed.Success || !failed.Success || failed.Groups[1].Value != "0")
        {
            throw new InvalidOperationException($"h2load did not get its answers: {output}");
        }

        return double.Parse(speed.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"finished in [^,]+, ([0-9.]+) req/s")]
    private static partial Regex Speed();

    [GeneratedRegex(@"([0-9]+) failed,")]
    private static partial Regex Failed();
}
