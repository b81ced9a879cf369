using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Tests.Prediction;

public sealed class RegistryModelsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("models").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MemorySource _source = new();
    private readonly ModelHolder _holder = new();

    [Fact]
    public async Task ApplyAsync_ChampionAndChallenger_AreBothInUseAtOnce()
    {
        await Models().ApplyAsync(Serving("m1", "m2") with { ChallengerStage = ChallengerStage.Canary, ChallengerShare = 0.25, Salt = "s" }, CancellationToken.None);

        Assert.Equal(("m1", "m2", 0.25), (_holder.Current.Champion!.Version, _holder.Current.Challenger!.Version, _holder.Current.Share));
    }

    [Fact]
    public async Task ApplyAsync_ChallengerPromoted_IsNotLoadedAgain()
    {
        var models = Models();
        await models.ApplyAsync(Serving("m1", "m2"), CancellationToken.None);
        var challenger = _holder.Current.Challenger;

        await models.ApplyAsync(Serving("m2", null), CancellationToken.None);

        Assert.Same(challenger, _holder.Current.Champion);
    }

    [Fact]
    public async Task ApplyAsync_AnotherSchema_IsRefusedAndTheOldModelStays()
    {
        var models = Models();
        await models.ApplyAsync(Serving("m1", null), CancellationToken.None);
        var foreign = Serving("m2", null);
        foreign = foreign with { Champion = foreign.Champion! with { SchemaHash = "0123456789abcdef" } };

        await Assert.ThrowsAsync<InvalidDataException>(() => models.ApplyAsync(foreign, CancellationToken.None));

        Assert.Equal("m1", _holder.Current.Champion!.Version);
        Assert.Contains("schema", _holder.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApplyAsync_DamagedText_IsRefusedAndTheOldModelStays()
    {
        var models = Models();
        await models.ApplyAsync(Serving("m1", null), CancellationToken.None);
        _source.Texts["m2"] = "tree\nversion=v4\nnonsense"u8.ToArray();

        await Assert.ThrowsAsync<InvalidDataException>(() => models.ApplyAsync(Serving("m2", null), CancellationToken.None));

        Assert.Equal("m1", _holder.Current.Champion!.Version);
        Assert.Contains("m2", _holder.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServeCached_AfterARestart_ServesTheLastChampion()
    {
        await Models().ApplyAsync(Serving("m1", null), CancellationToken.None);
        _holder.Swap(ModelSnapshot.Empty);

        Models().ServeCached();

        Assert.Equal("m1", _holder.Current.Champion!.Version);
    }

    [Fact]
    public async Task ServeCached_DamagedFile_ServesNothing()
    {
        await Models().ApplyAsync(Serving("m1", null), CancellationToken.None);
        _holder.Swap(ModelSnapshot.Empty);
        var path = Path.Combine(_folder, "champion.txt");
        var text = await File.ReadAllBytesAsync(path);
        text[^20] ^= 1;
        await File.WriteAllBytesAsync(path, text);

        Models().ServeCached();

        Assert.Null(_holder.Current.Champion);
    }

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private RegistryModels Models() => new(
        _holder,
        _source,
        new ModelCache(Options.Create(new LimiterOptions { DataFolder = _folder })),
        FeatureSchema.V1,
        TimeProvider.System,
        new LimiterMetrics(_services.GetRequiredService<IMeterFactory>()),
        NullLogger<RegistryModels>.Instance);

    private RegistrySnapshot Serving(string champion, string? challenger) => new()
    {
        Champion = TestModels.Served(champion, _source.Text(champion)),
        Challenger = challenger is null ? null : TestModels.Served(challenger, _source.Text(challenger)),
        ChallengerStage = challenger is null ? ChallengerStage.None : ChallengerStage.Shadow,
    };

    private sealed class MemorySource : IModelSource
    {
        public Dictionary<string, byte[]> Texts { get; } = [];

        public byte[] Text(string version)
        {
            if (!Texts.TryGetValue(version, out var text))
            {
                Texts[version] = text = TestModels.Text(version.Length, version[^1]);
            }

            return text;
        }

        public Task<byte[]> GetTextAsync(string version, CancellationToken cancellationToken) => Task.FromResult(Text(version));
    }
}
