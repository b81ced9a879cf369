namespace RateLimitSuite.Benchmarks.Harness;

/// <summary>What the command line asks for beside a benchmark's name.</summary>
/// <param name="File">Where the rows go as JSON; null: nowhere.</param>
/// <param name="Everything">Every scenario, however long it takes.</param>
/// <param name="Seeds">Seeds of a simulation; null: as many as it was made for.</param>
/// <param name="Scenario">Part of the name of the only scenarios to run; null: as <paramref name="Everything"/> says.</param>
internal sealed record BenchmarkOptions(string? File, bool Everything, int? Seeds, string? Scenario)
{
    /// <summary>Reads <c>NAME [--json FILE] [--all] [--seeds N] [--scenario TEXT]</c>; null where that is not what is there.</summary>
    public static BenchmarkOptions? Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || args[0].StartsWith('-'))
        {
            return null;
        }

        var options = new BenchmarkOptions(null, false, null, null);
        for (var i = 1; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--all":
                    options = options with { Everything = true };
                    break;
                case "--json" when i + 1 < args.Count:
                    options = options with { File = args[++i] };
                    break;
                case "--seeds" when i + 1 < args.Count && int.TryParse(args[i + 1], out var seeds) && seeds > 1:
                    options = options with { Seeds = seeds };
                    i++;
                    break;
                case "--scenario" when i + 1 < args.Count:
                    options = options with { Scenario = args[++i] };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
