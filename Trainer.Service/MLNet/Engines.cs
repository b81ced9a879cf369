using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.MLNet;

namespace RateLimitSuite.Trainer.Training;

/// <summary>The engines of a build with ML.NET.</summary>
internal static class Engines
{
    /// <summary>Adds the engine that <see cref="TrainerOptions.Engine"/> names, and what ML.NET adds to every model.</summary>
    /// <exception cref="InvalidOperationException">There is no such engine.</exception>
    public static IServiceCollection AddTrainingEngine(this IServiceCollection services, string? engine)
    {
        services.AddSingleton<IOfflineGate, MLNetGate>().AddSingleton<IModelExport, MLNetExport>();
        return engine switch
        {
            null or "" or "native" => services.AddSingleton<ITrainingEngine, NativeEngine>(),
            "mlnet" => services.AddSingleton<ITrainingEngine, MLNetEngine>(),
            _ => throw new InvalidOperationException($"Trainer:Engine is '{engine}'; it must be native or mlnet."),
        };
    }
}
