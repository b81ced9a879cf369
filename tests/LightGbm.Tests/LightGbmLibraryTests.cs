using System.Runtime.InteropServices;
using RateLimitSuite.LightGbm.Native;

namespace RateLimitSuite.LightGbm.Tests;

public partial class LightGbmLibraryTests
{
    [Fact]
    public void TryLoad_LibraryBesideTheTests_Works()
    {
        Assert.True(LightGbmLibrary.TryLoad(out var problem), problem);
    }

    [Fact]
    public void Load_OpenMpNotConfigured_LetsIdleWorkersSleep()
    {
        LightGbmLibrary.Load();

        var expected = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") ?? "PASSIVE";
        Assert.Equal(expected, Marshal.PtrToStringUTF8(GetNativeVariable("OMP_WAIT_POLICY")));
    }

    [Fact]
    public void DescribeMissing_LinkIntoTheCache_SaysThatTheBuildHasNotFinished()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(Path.Combine(folder.Path, LibraryFile.Name), "/nowhere/lib_lightgbm.so");

        var message = LibraryFile.DescribeMissing(folder.Path);

        Assert.Contains("is a link to /nowhere/lib_lightgbm.so, which does not exist (yet)", message, StringComparison.Ordinal);
        Assert.Contains("airgap/native/build.sh lightgbm", message, StringComparison.Ordinal);
    }

    [Fact]
    public void DescribeMissing_NothingThere_NamesTheFolderAndBothWaysToGetIt()
    {
        using var folder = new TemporaryFolder();

        var message = LibraryFile.DescribeMissing(folder.Path);

        Assert.Contains(folder.Path, message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.LightGbm", message, StringComparison.Ordinal);
        Assert.Contains("airgap/native/build.sh lightgbm", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NotALibrary_NamesTheFile()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, LibraryFile.Name);
        File.WriteAllText(file, "no library");

        var error = Assert.Throws<LightGbmException>(() => LibraryFile.Open(file));

        Assert.Contains($"{file} cannot be loaded", error.Message, StringComparison.Ordinal);
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetNativeVariable(string name);

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("lightgbm-tests-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
