namespace RateLimitSuite.Trainer.Gates.Replay;

/// <summary>One recorded window of a backend.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Clients">The client of each.</param>
/// <param name="Demands">Requests/s of each.</param>
/// <param name="Capacity">What the backend could do, tokens/s.</param>
internal sealed record RecordedWindow(int[] Rows, int[] Clients, double[] Demands, double Capacity);
