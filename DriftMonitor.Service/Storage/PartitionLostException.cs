namespace RateLimitSuite.DriftMonitor.Storage;

/// <summary>Another consumer has written this partition's checkpoint since: what this one holds of it is out of date.</summary>
internal sealed class PartitionLostException(int partition)
    : Exception($"Partition {partition} was taken over by another consumer.");
