using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace RateLimitSuite.Explainer.Pictures;

/// <summary>Makes PNG of SVG by <c>rsvg-convert</c> of Debian's librsvg2-bin, where that is installed.</summary>
internal sealed partial class PngConverter(ILogger<PngConverter> logger) : IDisposable
{
    private const string Program = "rsvg-convert";

    // A picture takes some 50 ms of a core, which explanations need more.
    private const int AtOnce = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turns = new(AtOnce);

    /// <summary>The picture as PNG; null where the program is not there or failed, which is logged.</summary>
    public async Task<byte[]?> ConvertAsync(string svg, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        await _turns.WaitAsync(limit.Token);
        try
        {
            return await RunAsync(svg, limit.Token);
        }
        catch (Win32Exception)
        {
            LogAbsent(Program);
            return null;
        }
        catch (IOException fault)
        {
            LogFailed(fault.Message);   // It went before it had read everything.
            return null;
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private async Task<byte[]?> RunAsync(string svg, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, ["--format", "png"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            using var png = new MemoryStream();
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var output = process.StandardOutput.BaseStream.CopyToAsync(png, cancellation);
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(svg), cancellation);
            process.StandardInput.Close();
            await output;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode == 0)
            {
                return png.ToArray();
            }

            LogFailed(await errors);
            return null;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Program} is not installed, so there is no PNG; SVG is served all the same.")]
    private partial void LogAbsent(string program);

    [LoggerMessage(Level = LogLevel.Error, Message = "A picture could not be made into PNG: {Reason}")]
    private partial void LogFailed(string reason);
}
