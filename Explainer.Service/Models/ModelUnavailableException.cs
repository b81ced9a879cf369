namespace RateLimitSuite.Explainer.Models;

/// <summary>A model version cannot be had now; the message says why.</summary>
internal sealed class ModelUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
