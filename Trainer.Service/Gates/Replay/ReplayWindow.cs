namespace RateLimitSuite.Trainer.Gates.Replay;

/// <summary>What became of one window's requests in a replay.</summary>
/// <param name="Asked">Requests.</param>
/// <param name="Admitted">Of them, let through.</param>
/// <param name="Good">Of these, served within the latency objective.</param>
/// <param name="Wrong">Throttled though capacity and fair share had room.</param>
/// <param name="Due">Requests within their clients' fair shares.</param>
/// <param name="Got">Of them, let through.</param>
internal readonly record struct ReplayWindow(double Asked, double Admitted, double Good, double Wrong, double Due, double Got)
{
    /// <summary>Let through and served too late, or not at all.</summary>
    public double Late => Admitted - Good;

    /// <summary>Within a fair share and not let through: who floods has it.</summary>
    public double Kept => Due - Got;
}
