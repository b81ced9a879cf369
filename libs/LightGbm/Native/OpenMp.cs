using System.Runtime.InteropServices;

namespace RateLimitSuite.LightGbm.Native;

/// <summary>Settings of the thread pool that LightGBM uses, which reads them from the environment when it is loaded.</summary>
internal static partial class OpenMp
{
    /// <summary>Lets idle worker threads sleep instead of spinning, unless the environment says otherwise.</summary>
    /// <remarks>Spinning workers would take whole cores from the services beside the trainer. .NET's own way of setting a variable is
    /// seen by .NET only.</remarks>
    public static void WaitPassively()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetEnvironmentVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
