namespace RateLimitSuite.Airgap.Aspire.Tests;

/// <summary>A folder that goes with the test. Under /tmp, which PostgreSQL's own user can reach when tests run as root.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        Path = $"/tmp/airgap-aspire-{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
