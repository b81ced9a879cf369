using System.ComponentModel;
using System.Diagnostics;

namespace RateLimitSuite.Audit.Reports;

/// <summary>Makes PNG of SVG by <c>rsvg-convert</c>, where that is installed.</summary>
internal static class SvgToPng
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Converts one picture.</summary>
    /// <returns>False: the program is not here.</returns>
    /// <exception cref="IOException">It failed.</exception>
    public static async Task<bool> ConvertAsync(string svg, string png, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(new ProcessStartInfo("rsvg-convert", ["--format", "png", "--output", png, svg]) { RedirectStandardError = true })!;
            var error = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? true : throw new IOException($"{svg} could not be made into PNG: {error.Trim()}");
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
