using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Interop;

/// <summary>All cases, run once by another implementation's client against our server, in one process.</summary>
internal static class PeerClientRun
{
    private static readonly TimeSpan RunTimeout = TimeSpan.FromMinutes(3);

    /// <summary>The line that the client wrote of each case.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> RunAsync(Func<Uri, Peer> peer)
    {
        await using var server = await KestrelServer.StartInteropAsync();
        using var process = peer(server.Address).Start(InteropCases.All.Keys);
        using var timeout = new CancellationTokenSource(RunTimeout);
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
            {
                lines[line.Split(' ', ':')[1]] = line;
            }

            await process.WaitForExitAsync(timeout.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return lines;
    }
}
