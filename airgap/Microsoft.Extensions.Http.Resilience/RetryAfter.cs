namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Reads a server's wish when to be asked again.</summary>
internal static class RetryAfter
{
    public static TimeSpan? Read(HttpResponseMessage? response) => response?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - TimeProvider.System.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };
}
