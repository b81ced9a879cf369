namespace RateLimitSuite.Client.Decisions;

/// <summary>More requests wait to be sent than may.</summary>
internal sealed class QueueFullException() : Exception("The queue of requests is full.");
