using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using RateLimitSuite.Explainer.Background;
using RateLimitSuite.Registry;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Explainer.Models;

/// <summary>The compiled models: those that are served, and those that a request asked for, up to a bound.</summary>
/// <remarks>An explanation uses the version that its decision names, so a version unknown here is fetched from the registry, once for
/// all who wait. One that cannot be had is remembered for a while: a flood of decisions with it must not become a flood of queries.</remarks>
internal sealed partial class ModelShelf(
    IModelSource source, IOptions<ExplainerOptions> options, TimeProvider time, ILogger<ModelShelf> log)
{
    private static readonly TimeSpan FaultKept = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Slot> _slots = new();
    private readonly Lock _backgroundLock = new();
    private BackgroundSample? _background;
    private string _champion = "";
    private IReadOnlySet<string> _served = new HashSet<string>();

    /// <summary>The version that governs; empty: none yet.</summary>
    public string Champion => Volatile.Read(ref _champion);

    public string Problem { get; private set; } = "";

    public IReadOnlyList<string> LoadedVersions => [.. _slots.Where(s => s.Value.Model is not null).Select(s => s.Key).Order()];

    public BackgroundSample? Background => Volatile.Read(ref _background);

    /// <summary>The model if it is compiled already; never waits.</summary>
    public ExplainedModel? Find(string version) =>
        _slots.TryGetValue(version, out var slot) && slot.Model is { } model ? Touch(slot, model) : null;

    /// <summary>The model, fetched and compiled where needed.</summary>
    /// <exception cref="ModelUnavailableException">It cannot be had; says why.</exception>
    public async Task<ExplainedModel> GetAsync(string version, CancellationToken cancellation)
    {
        if (Find(version) is { } known)
        {
            return known;
        }

        var slot = _slots.AddOrUpdate(version,
            _ => new Slot(LoadAsync(version)),
            (_, old) => old.Failed && time.GetElapsedTime(old.StartedAt, time.GetTimestamp()) > FaultKept ? new Slot(LoadAsync(version)) : old);
        slot.StartedAt = slot.StartedAt == 0 ? time.GetTimestamp() : slot.StartedAt;
        var model = await slot.Loading.Value.WaitAsync(cancellation);
        Evict();
        return Touch(slot, model);
    }

    /// <summary>Takes over what is served now: loads what is new, so that the first decision finds it compiled.</summary>
    /// <exception cref="ModelUnavailableException">The champion cannot be had.</exception>
    public async Task ServeAsync(RegistrySnapshot snapshot, CancellationToken cancellation)
    {
        var versions = new[] { snapshot.Champion?.Version, snapshot.Challenger?.Version, snapshot.Previous?.Version }.OfType<string>().ToHashSet();
        Volatile.Write(ref _served, versions);
        foreach (var version in versions)
        {
            try
            {
                await GetAsync(version, cancellation);
                Problem = "";
            }
            catch (ModelUnavailableException fault)
            {
                Problem = fault.Message;
                Log.NotLoaded(log, version, fault.Message);
                if (version == snapshot.Champion?.Version)
                {
                    throw;   // The watcher comes again; until then the former champion is what this process says it has.
                }
            }
        }

        Volatile.Write(ref _champion, snapshot.Champion?.Version ?? "");
        Evict();
    }

    /// <summary>Compiles the served models over a new background; others follow when they are asked for again.</summary>
    public void UseBackground(BackgroundSample sample, CancellationToken cancellation)
    {
        lock (_backgroundLock)
        {
            foreach (var model in _slots.Values.Select(s => s.Model).OfType<ExplainedModel>())
            {
                model.UseBackground(sample, cancellation);
            }

            Volatile.Write(ref _background, sample);
        }
    }

    private Lazy<Task<ExplainedModel>> LoadAsync(string version) => new(() => Task.Run(async () =>
    {
        var text = await source.GetTextAsync(version, CancellationToken.None);
        ExplainedModel model;
        try
        {
            model = new ExplainedModel(version, TreeEnsemble.Parse(text), CancellationToken.None);
        }
        catch (ModelFormatException fault)
        {
            throw new ModelUnavailableException($"Model {version} is not readable: {fault.Message}", fault);
        }

        lock (_backgroundLock)
        {
            if (_background is { } sample)
            {
                model.UseBackground(sample, CancellationToken.None);
            }
        }

        Log.Loaded(log, version, model.PathDependent.TableBytes);
        return model;
    }));

    private ExplainedModel Touch(Slot slot, ExplainedModel model)
    {
        Volatile.Write(ref slot.UsedAt, time.GetTimestamp());
        return model;
    }

    private void Evict()
    {
        var served = Volatile.Read(ref _served);
        foreach (var old in _slots.Where(s => !served.Contains(s.Key) && s.Value.Loading.Value.IsCompleted)
                     .OrderByDescending(s => Volatile.Read(ref s.Value.UsedAt)).Skip(Math.Max(0, options.Value.ModelsKept - served.Count)))
        {
            _slots.TryRemove(old);
        }
    }

    private sealed class Slot(Lazy<Task<ExplainedModel>> loading)
    {
        public long UsedAt;

        public long StartedAt;

        public Lazy<Task<ExplainedModel>> Loading { get; } = loading;

        public ExplainedModel? Model => Loading.IsValueCreated && Loading.Value.IsCompletedSuccessfully ? Loading.Value.Result : null;

        public bool Failed => Loading.IsValueCreated && Loading.Value.IsFaulted;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Model {Version} is loaded; its SHAP tables take {Bytes} bytes")]
        public static partial void Loaded(ILogger logger, string version, long bytes);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Model {Version} is served but cannot be explained: {Problem}")]
        public static partial void NotLoaded(ILogger logger, string version, string problem);
    }
}
