namespace RateLimitSuite.Trainer.Registry;

/// <summary>The registry's present state does not allow what was asked.</summary>
internal sealed class RegistryConflictException(string message) : Exception(message);
