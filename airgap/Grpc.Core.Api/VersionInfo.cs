namespace Grpc.Core;

/// <summary>The release whose API this is.</summary>
public static class VersionInfo
{
    /// <summary>The published version that is stood in for.</summary>
    public const string CurrentVersion = "2.80.0";
}
