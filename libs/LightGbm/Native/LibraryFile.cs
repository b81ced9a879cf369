using System.Runtime.InteropServices;

namespace RateLimitSuite.LightGbm.Native;

/// <summary>Finds the library's file: beside the application first, then wherever packages and the system keep libraries.</summary>
internal static class LibraryFile
{
    public static string Name => OperatingSystem.IsWindows() ? "lib_lightgbm.dll" : OperatingSystem.IsMacOS() ? "lib_lightgbm.dylib" : "lib_lightgbm.so";

    private static string BesideApplication => Path.Combine(AppContext.BaseDirectory, Name);

    public static nint Open()
    {
        if (File.Exists(BesideApplication))
        {
            return OpenBesideApplication();
        }

        return NativeLibrary.TryLoad(NativeMethods.Library, typeof(LibraryFile).Assembly, searchPath: null, out var handle)
            ? handle
            : throw new LightGbmException(Missing());
    }

    private static nint OpenBesideApplication()
    {
        try
        {
            return NativeLibrary.Load(BesideApplication);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new LightGbmException($"{BesideApplication} cannot be loaded: {e.Message}", e);
        }
    }

    private static string Missing()
    {
        var link = new FileInfo(BesideApplication).LinkTarget;
        return link is not null
            ? $"{BesideApplication} is a link to {link}, which does not exist (yet): its build has not finished or failed. " +
                "'airgap/native/build.sh lightgbm' finishes it and shows why if it fails."
            : $"LightGBM's native library {Name} was found neither beside the application ({AppContext.BaseDirectory}) nor in the folders of " +
                "its packages nor by the system's loader. It comes with the package Microsoft.ML.LightGbm (PackageProfile=full) or from " +
                "'airgap/native/build.sh lightgbm' (PackageProfile=airgap); build the application again after a change of profile.";
    }
}
