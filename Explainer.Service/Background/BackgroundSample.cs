namespace RateLimitSuite.Explainer.Background;

/// <summary>One frozen background: rows of F doubles, row-major, and the id that every explanation made with it carries.</summary>
internal sealed record BackgroundSample(double[] Rows, string Id);
