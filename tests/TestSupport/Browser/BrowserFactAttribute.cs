using Xunit;

namespace RateLimitSuite.TestSupport;

/// <summary>A test in a real browser; skipped, saying so, where the machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    /// <summary>Debian's chromium.</summary>
    public const string Executable = "/usr/bin/chromium";

    /// <summary>Needs a browser.</summary>
    /// <param name="sharedData">Data beside the repository that the test needs too; null: none.</param>
    public BrowserFactAttribute(string? sharedData = null)
    {
        SharedDataName = sharedData;
        Skip = !File.Exists(Executable) ? $"{Executable} is not there; tests/setup.sh.d/chromium.sh installs it."
            : sharedData is not null && !SharedData.Has(sharedData) ? $"shared/data/{sharedData} is not beside the repository."
            : null;
    }

    /// <summary>What the test needs beside a browser.</summary>
    public string? SharedDataName { get; }

    /// <summary>How it is started: without what only people need, and without asking anybody outside.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
    [
        "--process-per-site", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];
}
