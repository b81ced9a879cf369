using Microsoft.ML.Data;

namespace RateLimitSuite.Trainer.MLNet;

/// <summary>A row as ML.NET reads it. Features are float-exact already, so nothing is lost.</summary>
internal sealed class MLNetRow
{
    /// <summary>tokens/s.</summary>
    public float Label { get; set; }

    /// <summary>Sample weight.</summary>
    public float Weight { get; set; }

    /// <summary>The feature vector; its length is told to ML.NET by the schema definition.</summary>
    [VectorType] public float[] Features { get; set; } = [];
}
