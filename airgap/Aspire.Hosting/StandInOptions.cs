using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>What only the stand-in needs to know; section <c>StandIn</c> of AppHost's configuration.</summary>
internal sealed record StandInOptions
{
    /// <summary>Where servers keep their data, one folder for each resource.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Whether <see cref="DataDirectory"/> goes with the run, as in tests.</summary>
    public bool TemporaryData { get; init; }

    /// <summary>The folder with PostgreSQL's programs; null: PATH, then Debian's.</summary>
    public string? PostgresPrograms { get; init; }

    /// <summary>The embedded broker: an assembly or a program; null: the one that AppHost's build noted.</summary>
    public string? Broker { get; init; }

    /// <summary>Time that a process gets between SIGTERM and SIGKILL. Default 10 s.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time before the first restart of a crashed process; doubles with each further one. Default 1 s.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Restarts of a process that keeps crashing. Default 5.</summary>
    public int RestartsMax { get; init; } = 5;

    /// <summary>Time after which a process counts as stable and its crashes are forgotten. Default 1 min.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether fixed ports give way to free ones, as in tests.</summary>
    public bool RandomizePorts { get; init; }

    public static StandInOptions From(IConfiguration configuration, Assembly? appHost, string appHostDirectory, bool testing)
    {
        var section = configuration.GetSection("StandIn");
        var defaults = new StandInOptions { DataDirectory = "" };
        var data = section["DataDirectory"];
        return defaults with
        {
            DataDirectory = data ?? (testing ? TemporaryDirectory() : DefaultDirectory(appHostDirectory)),
            TemporaryData = data is null && testing,
            PostgresPrograms = section["PostgresPrograms"],
            Broker = section["Broker"] ?? AppHostMetadata.Of(appHost, AppHostMetadata.Broker),
            GracePeriod = Time(section, "GracePeriod", defaults.GracePeriod),
            RestartDelay = Time(section, "RestartDelay", defaults.RestartDelay),
            RestartsMax = section.GetValue("RestartsMax", defaults.RestartsMax),
            StableAfter = Time(section, "StableAfter", defaults.StableAfter),
            RandomizePorts = configuration.GetValue("DcpPublisher:RandomizePorts", testing),
        };
    }

    private static TimeSpan Time(IConfigurationSection section, string key, TimeSpan otherwise)
    {
        if (section[key] is not { } text)
        {
            return otherwise;
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero
            ? time
            : throw new DistributedApplicationException($"StandIn:{key} is '{text}'; it must be a time above zero, as 00:00:10.");
    }

    private static string TemporaryDirectory() =>
        Path.Combine(Path.GetTempPath(), $"ratelimitsuite-{Guid.NewGuid():N}");

    // One folder for each clone: two of them must not share a database. PostgreSQL refuses to run as root and its own user cannot
    // look into root's home, so root's data lies where services' data does.
    private static string DefaultDirectory(string appHostDirectory)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(appHostDirectory)))[..8];
        var root = Environment.IsPrivilegedProcess
            ? "/var/lib"
            : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(root, $"ratelimitsuite-{hash}");
    }
}
