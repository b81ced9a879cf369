namespace RateLimitSuite.Trainer.Registry;

/// <summary>What happened to a model.</summary>
/// <param name="Event">One of <see cref="RegistryEvents"/>.</param>
/// <param name="Version">The model.</param>
/// <param name="Share">Share of clients that it governs from now on.</param>
/// <param name="Champion">The champion it follows, or returns to; empty: none.</param>
/// <param name="Reason">In words.</param>
internal sealed record ModelChange(string Event, string Version, double Share, string Champion, string Reason);
