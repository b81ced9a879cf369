using System.Security.Cryptography;
using System.Text;

namespace RateLimitSuite.Smoke;

/// <summary>Where smoke runs keep their data: apart from a developer's own, and kept, so that a second run meets what the first one left.</summary>
/// <param name="Folder">The data of the servers that the AppHost stand-in starts, and what the Limiter keeps.</param>
/// <param name="Password">PostgreSQL's: the data remembers the first one.</param>
internal sealed record SmokeData(string Folder, string Password)
{
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

    /// <summary>AppHost's configuration for it.</summary>
    public IEnumerable<string> Arguments =>
    [
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
