namespace RateLimitSuite.Audit.Tables;

/// <summary>One row of table <c>explanations</c>, as far as pictures need it.</summary>
internal sealed record StoredExplanation(
    string RequestId, DateTimeOffset DecidedAt, string ClientId, string Subnet, bool Allowed, int DecidedBy, double Prediction, double BaseValue,
    double[] Shap, double[] Features, string ModelVersion, string Mode);
