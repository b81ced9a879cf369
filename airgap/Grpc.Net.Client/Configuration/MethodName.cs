namespace Grpc.Net.Client.Configuration;

/// <summary>Names a method, a service, or (with neither) everything.</summary>
public sealed class MethodName
{
    /// <summary>Every method of every service.</summary>
    public static readonly MethodName Default = new();

    /// <summary>The service with its package; null for all.</summary>
    public string? Service { get; set; }

    /// <summary>The method; null for all of the service.</summary>
    public string? Method { get; set; }
}
