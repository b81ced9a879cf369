using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>A time limit.</summary>
public class HttpTimeoutStrategyOptions : TimeoutStrategyOptions
{
}
