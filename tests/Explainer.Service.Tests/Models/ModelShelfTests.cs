using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RateLimitSuite.Explainer.Background;
using RateLimitSuite.Explainer.Models;
using RateLimitSuite.Registry;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Explainer.Tests.Models;

public sealed class ModelShelfTests
{
    private readonly TinyModel.Source _source = new();
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Get_UnknownVersionManyTimes_AsksTheRegistryOncePerWhile()
    {
        var shelf = Shelf();
        for (var i = 0; i < 5; i++)
        {
            var fault = await Assert.ThrowsAsync<ModelUnavailableException>(() => shelf.GetAsync("m9", default));
            Assert.Contains("m9", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, _source.Asked);
        _time.Advance(TimeSpan.FromSeconds(11));
        await Assert.ThrowsAsync<ModelUnavailableException>(() => shelf.GetAsync("m9", default));
        Assert.Equal(2, _source.Asked);
    }

    [Fact]
    public async Task Serve_NewChampion_IsCompiledBeforeItIsNamed()
    {
        var shelf = Shelf();
        await shelf.ServeAsync(new RegistrySnapshot { Champion = new ServedModel("m1", "sha", "schema") }, default);
        Assert.Equal("m1", shelf.Champion);
        Assert.NotNull(shelf.Find("m1"));
    }

    [Fact]
    public async Task UseBackground_ServedModel_SwitchesToInterventionalWithItsId()
    {
        var shelf = Shelf();
        var model = await shelf.GetAsync("m1", default);
        Assert.Null(model.OverBackground);

        shelf.UseBackground(new BackgroundSample([0, 0, 1, 0, 0, 1], "b1"), default);

        Assert.Equal("b1", model.OverBackground!.BackgroundId);
        Assert.Equal(60, model.OverBackground.Explainer.BaseValue);   // f of the one background row: risk 1, reputation 1
    }

    private ModelShelf Shelf() => new(_source, Options.Create(new ExplainerOptions()), _time, NullLogger<ModelShelf>.Instance);
}
