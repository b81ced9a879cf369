using RateLimitSuite.Contracts;

namespace RateLimitSuite.Limiter.Policies;

/// <summary><c>Limiter.Service validate FILE…</c>: reads policy files as the service would, and says what is wrong with them.</summary>
internal static class ValidateCommand
{
    private const int Valid = 0;
    private const int Faulty = 1;
    private const int Usage = 2;

    /// <summary>Whether the command line asks for it.</summary>
    public static bool IsAsked(string[] args) => args is ["validate", ..];

    /// <param name="args">The word, then files.</param>
    /// <param name="schema">The features that defaults may name.</param>
    /// <param name="output">What is said.</param>
    public static int Run(string[] args, FeatureSchema schema, TextWriter output)
    {
        if (args.Length < 2)
        {
            output.WriteLine("usage: Limiter.Service validate FILE…");
            return Usage;
        }

        var result = Valid;
        foreach (var file in args.AsSpan(1))
        {
            result = Math.Max(result, Check(file, schema, output));
        }

        return result;
    }

    private static int Check(string file, FeatureSchema schema, TextWriter output)
    {
        try
        {
            var set = PolicyReader.Read(File.ReadAllText(file), schema, out var faults);
            foreach (var fault in faults)
            {
                output.WriteLine($"{file}({fault.Line},{fault.Column}): {fault.Path}: {fault.Message}");
            }

            if (set is not null)
            {
                output.WriteLine($"{file}: {set.Policies.Count} policies, {set.Backends.Count} backends.");
            }

            return set is null ? Faulty : Valid;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            output.WriteLine($"{file}: {fault.Message}");
            return Usage;
        }
    }
}
