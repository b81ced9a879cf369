using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>The static rules of all files in <c>Limiter:EnvoyFolder</c>; read again whenever one changes, refused as a whole where one has a fault.</summary>
internal sealed partial class LimitFiles(IOptions<LimiterOptions> options, PolicyHolder policies, TimeProvider time, LimiterMetrics metrics, ILogger<LimitFiles> logger)
    : BackgroundService
{
    private const int FilesMax = 1_000;
    private const int FileBytesMax = 4 << 20;

    private volatile FrozenDictionary<string, LimitRule> _domains = FrozenDictionary<string, LimitRule>.Empty;
    private string _hash = "";

    /// <summary>The root of a domain's rules; null: no file is for it.</summary>
    public LimitRule? Find(string domain) => _domains.GetValueOrDefault(domain);

    /// <summary>Puts rules in force.</summary>
    public void Apply(IReadOnlyDictionary<string, LimitRule> domains) => _domains = domains.ToFrozenDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Load();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.EnvoyFolder is null)
        {
            return;
        }

        var said = "";
        using var timer = new PeriodicTimer(options.Value.PolicyPollInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Load();
                said = "";
            }
            catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                if (said != fault.Message)
                {
                    metrics.PolicyRefused();
                    LogRefused(said = fault.Message);
                }
            }
        }
    }

    private void Load()
    {
        if (options.Value.EnvoyFolder is not { } folder)
        {
            return;
        }

        var files = Directory.EnumerateFiles(folder).Where(file => file.EndsWith(".yaml", StringComparison.Ordinal) || file.EndsWith(".yml", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Take(FilesMax).Select(file => (Name: file, Text: ReadBounded(file))).ToArray();
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', files.Select(file => $"{file.Name}\0{file.Text}")))));
        if (hash == _hash)
        {
            return;
        }

        _hash = hash;
        var domains = new Dictionary<string, LimitRule>(StringComparer.Ordinal);
        foreach (var (name, text) in files)
        {
            if (LimitFileReader.Read(text, policies, out var faults) is not { } read)
            {
                throw new InvalidDataException($"{name} is refused, the rules in force stay: {string.Join(" ", faults)}");
            }

            if (!domains.TryAdd(read.Domain, read.Root))
            {
                throw new InvalidDataException($"{name} is refused, the rules in force stay: domain {read.Domain} has a file already.");
            }
        }

        Apply(domains);
        LogLoaded(domains.Count, folder);
    }

    private static string ReadBounded(string file) =>
        new FileInfo(file).Length <= FileBytesMax ? File.ReadAllText(file) : throw new InvalidDataException($"{file} is over {FileBytesMax} bytes.");

    [LoggerMessage(LogLevel.Information, "Static rules of {Domains} domains in {Folder} are in force.")]
    private partial void LogLoaded(int domains, string folder);

    [LoggerMessage(LogLevel.Error, "{Problem}")]
    private partial void LogRefused(string problem);
}
