namespace RateLimitSuite.Benchmarks.Loop.World;

/// <summary>One client's behaviour.</summary>
internal sealed record SimulatedClient
{
    /// <summary>Its id.</summary>
    public required string Name { get; init; }

    /// <summary>Requests/s it offers at a second of the simulation, given whether it is in a burst.</summary>
    public required Func<double, bool, double> Rate { get; init; }

    /// <summary>Greatest value of <see cref="Rate"/>.</summary>
    public required double MaximumRate { get; init; }

    /// <summary>Tokens of a request.</summary>
    public double Cost { get; init; } = 1;

    /// <summary>0..1, as its requests say.</summary>
    public double Risk { get; init; }

    /// <summary>Mean length of bursts and of the pauses between them, s; 0: no bursts. Both are Pareto distributed.</summary>
    public (double On, double Off) Bursts { get; init; }

    /// <summary>Tries again after a denial.</summary>
    public int Retries { get; init; }

    /// <summary>Users who wait for an answer, think for a second and ask again; 0: requests come by themselves.</summary>
    public int Users { get; init; }
}
