namespace RateLimitSuite.Limiter.Tests.Gateways;

/// <summary>A test that needs a program of the machine, and says so where it is missing.</summary>
public sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program)
    {
        Program = program;
        if (PathOf(program) is null)
        {
            Skip = $"{program} is not installed (Debian: apt-get install {program}).";
        }
    }

    public string Program { get; }

    /// <summary>Where the program is; null: nowhere. Debian keeps servers in sbin, which is not on everybody's path.</summary>
    public static string? PathOf(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
