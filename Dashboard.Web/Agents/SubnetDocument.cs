namespace RateLimitSuite.Dashboard.Agents;

/// <summary>What features did to one subnet.</summary>
/// <param name="Subnet">/24 or /48; empty where not known.</param>
/// <param name="Count">Explanations.</param>
/// <param name="MeanShap">Mean φ by feature, tokens/s.</param>
internal sealed record SubnetDocument(string Subnet, ulong Count, IReadOnlyDictionary<string, double> MeanShap);
