using System.Runtime.InteropServices;

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

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetNativeVariable(string name);
}
