namespace RateLimitSuite.Trainer.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Result">promoted, rejected or failed.</param>
/// <param name="Version">The model it is about; empty: none came out.</param>
/// <param name="Message">In words.</param>
internal readonly record struct RunResult(string Result, string Version, string Message)
{
    /// <summary>The step that followers see last.</summary>
    public string Step => Result == "promoted" ? "done" : Result;
}
