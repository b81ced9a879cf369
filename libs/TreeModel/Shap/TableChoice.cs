namespace RateLimitSuite.TreeModel;

/// <summary>What an explainer chose within its budget.</summary>
/// <param name="WholeTrees">Trees that have one table.</param>
/// <param name="Trees">All trees.</param>
/// <param name="Tables">Tables, and look-ups an explanation.</param>
/// <param name="ComputedLeaves">Leaves too deep for a table, computed each time.</param>
/// <param name="Bytes">Bytes taken.</param>
public sealed record TableChoice(int WholeTrees, int Trees, int Tables, int ComputedLeaves, long Bytes);
