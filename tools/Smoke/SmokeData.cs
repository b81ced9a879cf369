using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RateLimitSuite.Smoke;

/// <summary>Where smoke runs keep their data: apart from a developer's own, and kept, so that a second run meets what the first one left.</summary>
/// <param name="Folder">The data of the servers that the AppHost stand-in starts, and what the Limiter keeps.</param>
/// <param name="Password">PostgreSQL's: the data remembers the first one.</param>
internal sealed record SmokeData(string Folder, string Password)
{
    private const double FirstCut = 0.7;
    private const double DeeperBy = 0.5;
    private const double LeastCut = 0.05;

    /// <summary>The data of this clone's smoke runs, made where it is missing.</summary>
    public static SmokeData OfThisClone()
    {
        // PostgreSQL does not run as root, and its own user cannot look into root's home.
        var parent = Environment.IsPrivilegedProcess
            ? "/var/lib"
            : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        var clone = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(AppContext.BaseDirectory)))[..8];
        var folder = Path.Combine(parent, $"ratelimitsuite-smoke-{clone}");
        return new SmokeData(folder, PasswordOf(folder + ".password"));
    }

    /// <summary>How many runs closed the loop on this data.</summary>
    public int RunsBefore => File.Exists(RunsFile) && int.TryParse(File.ReadAllText(RunsFile), CultureInfo.InvariantCulture, out var runs) ? runs : 0;

    /// <summary>What the backend's capacity is cut to, as a factor of the mean load: 0.7 on fresh data, and with each kept run deeper.</summary>
    /// <remarks>A model that has learned a cut errs no more when it comes again, so there is no drift to be found: a further run must bring
    /// what the kept models have not seen.</remarks>
    public double CutFactor => Math.Max(LeastCut, FirstCut * Math.Pow(DeeperBy, RunsBefore));

    private string RunsFile => Path.Combine(Folder, "runs");

    /// <summary>Counts a run that closed the loop.</summary>
    public void CountRun() => File.WriteAllText(RunsFile, (RunsBefore + 1).ToString(CultureInfo.InvariantCulture));

    /// <summary>AppHost's configuration for it.</summary>
    public IEnumerable<string> Arguments =>
    [
        string.Create(CultureInfo.InvariantCulture, $"--Traffic:CutFactor={CutFactor}"),
        "--Data:Name=ratelimitsuite-smoke", $"--StandIn:DataDirectory={Folder}", $"--Parameters:postgres-password={Password}",
        $"--Limiter:DataFolder={Path.Combine(Folder, "limiter")}",
    ];

    private static string PasswordOf(string file)
    {
        if (!File.Exists(file))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var created = new FileStream(file, options);
            created.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))));
        }

        return File.ReadAllText(file);
    }
}
