using Grpc.Core;

namespace RateLimitSuite.Dashboard.Components;

/// <summary>How long a person waits for a service, and what is said when it was in vain.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The deadline of a call that starts now.</summary>
    public static DateTime Deadline => TimeProvider.System.GetUtcNow().UtcDateTime + Patience;

    /// <summary>The same for a call that asks a language model.</summary>
    public static DateTime LongDeadline => Deadline + (5 * Patience);

    /// <summary>A failed call in words.</summary>
    public static string Say(string service, RpcException fault) => fault.StatusCode switch
    {
        StatusCode.Unavailable => $"The {service} does not answer. Try again in a moment.",
        StatusCode.DeadlineExceeded => $"The {service} took longer than {Patience.TotalSeconds} s.",
        StatusCode.PermissionDenied or StatusCode.Unauthenticated => "That needs the role operator.",
        _ => fault.Status.Detail is { Length: > 0 } detail ? detail : $"The {service} refused: {fault.StatusCode}.",
    };
}
