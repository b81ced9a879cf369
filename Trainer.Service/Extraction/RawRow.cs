namespace RateLimitSuite.Trainer.Extraction;

/// <summary>One row as the database gave it, before it was checked.</summary>
/// <remarks>A class that is filled again for each row: it holds the feature vector, and a million rows would make a million of it.</remarks>
internal sealed class RawRow(int featureCount)
{
    public double[] Features { get; } = new double[featureCount];

    public long Timestamp { get; set; }

    public double? Label { get; set; }

    public double? Low { get; set; }

    public double? High { get; set; }

    public double Quality { get; set; }

    public bool Limited { get; set; }

    public double Propensity { get; set; }

    public double? Prediction { get; set; }

    public double RefillRate { get; set; }

    public double Decisions { get; set; }

    public double WronglyThrottled { get; set; }

    public string Client { get; set; } = "";

    public string Policy { get; set; } = "";

    public string SchemaHash { get; set; } = "";
}
