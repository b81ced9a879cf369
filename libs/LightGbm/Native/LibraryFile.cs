using System.Runtime.InteropServices;

namespace RateLimitSuite.LightGbm.Native;

/// <summary>Finds the library's file: beside the application first, then wherever packages and the system keep libraries.</summary>
internal static class LibraryFile
{
    public static string Name => OperatingSystem.IsWindows() ? "lib_lightgbm.dll" : OperatingSystem.IsMacOS() ? "lib_lightgbm.dylib" : "lib_lightgbm.so";

    public static nint Open()
    {
        var besideApplication = Path.Combine(AppContext.BaseDirectory, Name);
        if (File.Exists(besideApplication))
        {
            return Open(besideApplication);
        }

        return NativeLibrary.TryLoad(NativeMethods.Library, typeof(LibraryFile).Assembly, searchPath: null, out var handle)
            ? handle
            : throw new LightGbmException(DescribeMissing(AppContext.BaseDirectory));
    }

    /// <summary>Loads one file, which must exist.</summary>
    public static nint Open(string file)
    {
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new LightGbmException($"{file} cannot be loaded: {e.Message}", e);
        }
    }

    /// <summary>Tells why the library is not in the application's folder, and what to do.</summary>
    public static string DescribeMissing(string folder)
    {
        var file = Path.Combine(folder, Name);
        return new FileInfo(file).LinkTarget is { } link
            ? $"{file} is a link to {link}, which does not exist (yet): its build has not finished or failed. " +
                "'airgap/native/build.sh lightgbm' finishes it and shows why if it fails."
            : $"LightGBM's native library {Name} was found neither beside the application ({folder}) nor in the folders of " +
                "its packages nor by the system's loader. It comes with the package Microsoft.ML.LightGbm (PackageProfile=full) or from " +
                "'airgap/native/build.sh lightgbm' (PackageProfile=airgap); build the application again after a change of profile.";
    }
}
