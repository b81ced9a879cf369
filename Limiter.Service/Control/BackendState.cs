namespace RateLimitSuite.Limiter.Control;

/// <summary>What a backend's controller is doing.</summary>
internal enum BackendState
{
    /// <summary>Fewer outcomes than fix the base latency: the parent rate is held.</summary>
    Warming,

    /// <summary>Too few outcomes are reported to steer by.</summary>
    Unobserved,

    /// <summary>The parent rate stays: nobody asks for more, or a cut is waited out.</summary>
    Holding,

    /// <summary>Clients ask for more and the backend is healthy.</summary>
    Growing,

    /// <summary>A queue stands; the last window cut the parent rate.</summary>
    Cut,
}
