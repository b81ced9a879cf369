namespace RateLimitSuite.Airgap.Broker;

/// <summary>The broker cannot start; the message is for whoever started it.</summary>
internal sealed class BrokerException(string message, Exception cause) : Exception(message, cause);
