using ModelContextProtocol;

namespace RateLimitSuite.Audit.Agents;

/// <summary>The suite refused. Its words reach the agent, which can then do better.</summary>
internal sealed class SuiteApiException(string message) : McpException(message);
