using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Tests.Live;

public sealed class PictureCacheTests
{
    [Fact]
    public async Task Get_FiftyViewersAtOnce_DrawsOnce()
    {
        var pictures = new PictureCache();
        var drawn = 0;

        var seen = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => pictures.Get("rate", 480, 180, () => $"picture {Interlocked.Increment(ref drawn)}"))));

        Assert.Equal(1, drawn);
        Assert.All(seen, picture => Assert.Equal("picture 1", picture));
    }

    [Fact]
    public void Get_OtherNameOrSize_IsAnotherPicture()
    {
        var pictures = new PictureCache();

        Assert.Equal(["a", "b", "c", "a"], new[] { ("rate", 480, "a"), ("rate", 320, "b"), ("error", 480, "c"), ("rate", 480, "d") }.Select(p => pictures.Get(p.Item1, p.Item2, 180, () => p.Item3)));
    }

    [Fact]
    public void Get_MoreSizesThanAreKept_AreStillDrawn()
    {
        var pictures = new PictureCache();

        for (var width = 0; width < 1_000; width++)
        {
            Assert.Equal($"{width}", pictures.Get("rate", width, 180, () => $"{width}"));
        }
    }
}
