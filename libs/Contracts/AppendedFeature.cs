namespace RateLimitSuite.Contracts;

/// <summary>A deployment's own caller feature; an entry of the list <c>Features:Appended</c>.</summary>
public sealed record AppendedFeature
{
    /// <summary>1..40 characters of a-z, 0-9 and _; a column of <c>claw_metrics</c>, and what callers name it by.</summary>
    public string Name { get; init; } = "";

    /// <summary>UCUM-like unit. Default none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Least value that is accepted. Default 0.</summary>
    public double Minimum { get; init; }

    /// <summary>Greatest value that is accepted. Default 1.</summary>
    public double Maximum { get; init; } = 1;

    /// <summary>What stands in where neither caller nor policy says anything. Default 0.</summary>
    public double Default { get; init; }

    /// <summary>Whether values are codes without an order. Default false.</summary>
    public bool Categorical { get; init; }
}
