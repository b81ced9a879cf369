using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.MLNet;

/// <summary>Keeps an ML.NET .zip beside the text, for whoever loads models with ML.NET.</summary>
internal sealed class MLNetExport : IModelExport
{
    public string Name => "mlnet.zip";

    public byte[] Export(GateContext context) => MLNetBridge.Import(context).Save();
}
