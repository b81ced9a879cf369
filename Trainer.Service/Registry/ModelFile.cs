namespace RateLimitSuite.Trainer.Registry;

/// <summary>Another form of a model, kept beside its text.</summary>
/// <param name="Name">A file name, unique for the model.</param>
/// <param name="Bytes">What it holds.</param>
internal sealed record ModelFile(string Name, byte[] Bytes);
