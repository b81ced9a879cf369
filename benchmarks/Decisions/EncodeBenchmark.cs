using Google.Protobuf;
using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Events;

namespace RateLimitSuite.Benchmarks.Decisions;

/// <summary>A decision's event as bytes, by the Limiter's encoder and by the generated code.</summary>
internal sealed class EncodeBenchmark : IBenchmark
{
    public string Name => "encode";

    public string Description => "a decision's event as bytes, against the generated code of its message";

    public void Run(BenchmarkContext context)
    {
        var decision = Typical();
        var bytes = new byte[DecisionEncoder.SizeMax(decision)];
        context.CompareProcessorTime(
            "encode a decision", $"{decision.CalculateSize()} bytes, six features",
            new Contender("ours", count =>
            {
                for (var i = 0; i < count; i++)
                {
                    DecisionEncoder.Write(decision, bytes.AsSpan(0, DecisionEncoder.SizeMax(decision)));
                }
            }),
            new Contender("generated code", count =>
            {
                for (var i = 0; i < count; i++)
                {
                    decision.WriteTo(bytes.AsSpan(0, decision.CalculateSize()));
                }
            }));
    }

    private static Decision Typical() => new()
    {
        RequestId = "01932d2c-7c4e-7000-8000-000000000000",
        DecidedAtUs = 1_764_200_000_000_000,
        Seq = 123_456,
        ClientId = "client-0000012",
        Policy = "bench",
        Cost = 1,
        Allowed = true,
        Reason = DecisionReason.WithinLimit,
        DecidedBy = DecidedBy.Bucket,
        Features = { 12, 0.05, 0.2, 14, 5_000, 0.9 },
        Prediction = 100.5,
        Guarantee = 100.5,
        RefillRate = 100.5,
        EffectiveRate = 100.5,
        Tokens = 97.25,
        Weight = 1,
        ModelVersion = "20261126-233358-d2aac443",
        Arm = Arm.Model,
        Dither = 1,
    };
}
