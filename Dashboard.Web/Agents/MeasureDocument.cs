using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>One measure over the last detector window.</summary>
/// <param name="Value">It.</param>
/// <param name="Lower">95 % interval.</param>
/// <param name="Upper">Its other end.</param>
/// <param name="Limit">What it is held against.</param>
/// <param name="Count">Observations.</param>
internal sealed record MeasureDocument(double Value, double Lower, double Upper, double Limit, ulong Count)
{
    public static MeasureDocument? Of(Measure? measure) => measure is null ? null : new(
        StatusDocument.Finite(measure.Value), StatusDocument.Finite(measure.Lower), StatusDocument.Finite(measure.Upper), StatusDocument.Finite(measure.Limit), measure.N);
}
