using RateLimitSuite.Trainer.Gates;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Makes another form of a model that passed its gates, to be kept beside the text. Nothing is served from it.</summary>
internal interface IModelExport
{
    /// <summary>A file name.</summary>
    string Name { get; }

    /// <summary>The bytes.</summary>
    byte[] Export(GateContext context);
}
