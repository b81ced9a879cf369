namespace RateLimitSuite.Trainer.Training;

/// <summary>The engines of a build without ML.NET.</summary>
internal static class Engines
{
    /// <summary>Adds the engine that <see cref="TrainerOptions.Engine"/> names.</summary>
    /// <exception cref="InvalidOperationException">This build does not have it.</exception>
    public static IServiceCollection AddTrainingEngine(this IServiceCollection services, string? engine) => engine switch
    {
        null or "" or "native" => services.AddSingleton<ITrainingEngine, NativeEngine>(),
        "mlnet" => throw new InvalidOperationException(
            "Trainer:Engine is 'mlnet', but this build has no ML.NET: its packages were not on the feed (profile airgap). Use 'native', or build with PackageProfile=full."),
        _ => throw new InvalidOperationException($"Trainer:Engine is '{engine}'; it must be native or mlnet."),
    };
}
