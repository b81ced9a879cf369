using System.Net;

namespace RateLimitSuite.Airgap.GrpcTests.Servers;

/// <summary>A body that begins and does not end until it is told to.</summary>
internal sealed class OpenContent(byte[] beginning) : HttpContent
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void End() => _end.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(beginning);
        await stream.FlushAsync();
        await _end.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
