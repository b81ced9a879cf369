using Microsoft.Extensions.Options;
using RateLimitSuite.Dashboard.Widgets;

namespace RateLimitSuite.Dashboard.Tests.Widgets;

public sealed class LayoutStoreTests : IDisposable
{
    private const string Json = "{\"widgets\": [{\"type\": \"table\", \"title\": \"Mine\"}]}";
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("suite-layouts-").FullName, "deep");
    private readonly LayoutStore _store;

    public LayoutStoreTests() => _store = new LayoutStore(Options.Create(new DashboardOptions { LayoutFolder = _folder }));

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void Names_NothingSaved_AreThoseThatCameAlong()
    {
        Assert.Equal(["grid", "widgets"], _store.Names());
        Assert.All(_store.Names(), name => Assert.NotNull(LayoutReader.Read(_store.Find(name)!, out _)));
    }

    [Fact]
    public void Find_Saved_IsWhatWasSaved()
    {
        Assert.Null(_store.Save("mine", Json));

        Assert.Equal(Json, _store.Find("mine"));
        Assert.Contains("mine", _store.Names());
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("UPPER")]
    public void Save_BadName_IsRefused(string name)
    {
        Assert.Contains("must be", _store.Save(name, Json), StringComparison.Ordinal);
        Assert.Null(_store.Find(name));
    }

    [Fact]
    public void Save_BadLayout_IsRefusedWithItsFault() =>
        Assert.Contains("widgets", _store.Save("bad", "{\"widgets\": 1}"), StringComparison.Ordinal);
}
