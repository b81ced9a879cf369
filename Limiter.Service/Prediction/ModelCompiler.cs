using System.Security.Cryptography;
using RateLimitSuite.Contracts;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Limiter.Prediction;

/// <summary>From the verified text of a model to one that predicts.</summary>
internal static class ModelCompiler
{
    /// <exception cref="ModelFormatException">The text is damaged.</exception>
    /// <exception cref="InvalidDataException">Its features are not the schema's.</exception>
    public static LoadedModel Compile(string version, string sha256, byte[] text, FeatureSchema schema)
    {
        var ensemble = TreeEnsemble.Parse(text);
        if (!ensemble.FeatureNames.SequenceEqual(schema.Names))
        {
            throw new InvalidDataException(
                $"Model {version} has features {string.Join(", ", ensemble.FeatureNames.Take(10))}; the schema has {string.Join(", ", schema.Names.Take(10))}.");
        }

        return new LoadedModel(version, sha256, Predictor.Compile(ensemble));
    }

    /// <summary>Reads a model that no registry vouches for; its version is its hash.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LoadedModel CompileFile(string path, FeatureSchema schema)
    {
        var text = File.ReadAllBytes(path);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(text));
        return Compile($"file-{sha256[..8]}", sha256, text, schema);
    }
}
