namespace RateLimitSuite.Trainer.Extraction;

/// <summary>Weights and what the cap did to them.</summary>
/// <param name="Weights">One a row.</param>
/// <param name="ClientShareMaximum">Share of the sum that a client may have.</param>
/// <param name="CappedClients">Clients that had more.</param>
/// <param name="HeaviestShare">The heaviest client's share before the cap.</param>
internal sealed record SampleWeighting(double[] Weights, double ClientShareMaximum, int CappedClients, double HeaviestShare);
