namespace RateLimitSuite.Registry;

/// <summary>A model that readers must hold, by name; its text comes from <see cref="ModelRegistryReader.GetTextAsync"/>.</summary>
/// <param name="Version">Unique and never used again.</param>
/// <param name="Sha256">Of the model's text, 64 lower-case hexadecimal digits.</param>
/// <param name="SchemaHash">Hash of the feature schema it was trained with: a reader with another one must refuse it.</param>
public sealed record ServedModel(string Version, string Sha256, string SchemaHash);
