using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Leases;

namespace RateLimitSuite.Limiter.Policies;

/// <summary>Loads the policy file at the start and whenever its content changes.</summary>
/// <remarks>Looked at once a second: file watchers miss what mounted volumes and symbolic links of Kubernetes do.
/// At the start a fault stops the service; later it is said, and the policies in force stay.</remarks>
internal sealed partial class PolicyFile(
    IOptions<LimiterOptions> options, PolicyHolder holder, BackendDirectory backends, FeatureSchema schema, TimeProvider time,
    LimiterMetrics metrics, ILogger<PolicyFile> logger)
    : BackgroundService
{
    private const int BytesMax = 4 << 20;

    private byte[] _hash = [];

    private string FilePath => options.Value.PolicyFile ?? Path.Combine(AppContext.BaseDirectory, "policies.yaml");

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Load();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Reads the file if it changed.</summary>
    /// <exception cref="InvalidDataException">It has faults; what was in force stays.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal void Load()
    {
        if (new FileInfo(FilePath).Length > BytesMax)
        {
            throw new InvalidDataException($"Policy file {FilePath} is over {BytesMax} bytes.");
        }

        var bytes = File.ReadAllBytes(FilePath);
        var hash = SHA256.HashData(bytes);
        if (hash.AsSpan().SequenceEqual(_hash))
        {
            return;
        }

        _hash = hash;
        var set = PolicyReader.Read(System.Text.Encoding.UTF8.GetString(bytes), schema, out var faults, lends: options.Value.BucketStore == BucketStore.Local);
        if (set is null)
        {
            throw new InvalidDataException($"Policy file {FilePath} is refused: {string.Join(" ", faults)}");
        }

        // Backends first: a decision under the new policies must find its backend.
        backends.Apply([.. set.Backends, .. backends.All.Select(b => b.Controller.Options).ExceptBy(set.Backends.Select(b => b.Name), b => b.Name)]);
        holder.Swap(set);
        holder.Problem = "";
        LogLoaded(FilePath, set.Policies.Count, set.Backends.Count);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PolicyPollInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Load();
            }
            catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                Refuse(fault.Message);
            }
        }
    }

    private void Refuse(string problem)
    {
        if (holder.Problem != problem)
        {
            holder.Problem = problem;
            metrics.PolicyRefused();
            LogRefused(problem);
        }
    }

    [LoggerMessage(LogLevel.Information, "{File} is in force: {Policies} policies, {Backends} backends.")]
    private partial void LogLoaded(string file, int policies, int backends);

    [LoggerMessage(LogLevel.Error, "The policies in force stay. {Problem}")]
    private partial void LogRefused(string problem);
}
