using System.Text;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Trees.Fuzz;

/// <summary>What must hold for any text: it is refused with line and key, or it is a model that can be used; in bounded memory.</summary>
internal static class ReaderCheck
{
    // Texts, tokens and arrays cost a small multiple of the file; a false count must not.
    private const long BytesPerByteMax = 64;
    private const long BytesFixed = 1 << 20;

    /// <summary>Reads a text.</summary>
    /// <returns>Whether it was accepted.</returns>
    /// <exception cref="InvalidOperationException">The reader took too much memory or lost something.</exception>
    public static bool Accepts(byte[] text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        TreeEnsemble? ensemble = null;
        try
        {
            ensemble = TreeEnsemble.Parse(text);
        }
        catch (ModelFormatException error)
        {
            if (error.Line < 1 || error.Key.Length == 0)
            {
                throw new InvalidOperationException($"An error without line or key: {error.Message}", error);
            }
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > BytesFixed + (BytesPerByteMax * text.Length))
        {
            throw new InvalidOperationException($"{allocated} bytes were allocated for a text of {text.Length}.");
        }

        if (ensemble is not null)
        {
            Use(ensemble);
        }

        return ensemble is not null;
    }

    private static void Use(TreeEnsemble ensemble)
    {
        var written = ensemble.ToLightGbmText();
        if (TreeEnsemble.Parse(written).ToLightGbmText() != written)
        {
            throw new InvalidOperationException("An accepted model does not survive being written and read.");
        }

        var features = new double[ensemble.FeatureCount];
        try
        {
            Predictor.Compile(ensemble).Predict(features);
        }
        catch (NotSupportedException error) when (error.Message.Length > 0)
        {
            // One feature split both as number and category: refused when it is compiled.
        }
    }

    /// <summary>A small model as bytes, with and without the list of sizes that would refuse most damage at once.</summary>
    public static byte[][] Variants(string model)
    {
        var lines = model.Split('\n').Where(line => !line.StartsWith("tree_sizes=", StringComparison.Ordinal));
        return [Encoding.UTF8.GetBytes(model), Encoding.UTF8.GetBytes(string.Join('\n', lines))];
    }
}
