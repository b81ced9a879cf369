using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace RateLimitSuite.LightGbm.Native;

/// <summary>Turns the pieces that LightGBM logs into lines.</summary>
/// <remarks>LightGBM keeps its log callback per thread, so each thread registers before it trains; and it hands over a line in three
/// pieces (prefix with level, text, line end).</remarks>
internal static unsafe class NativeLog
{
    private const int LongestLine = 4096;

    [ThreadStatic]
    private static bool _isRegistered;

    [ThreadStatic]
    private static StringBuilder? _line;

    /// <summary>To be called first wherever a handle is made or a thread trains; loads the library, too.</summary>
    public static void RegisterThread()
    {
        LightGbmLibrary.Load();
        if (!_isRegistered)
        {
            NativeMethods.Check(NativeMethods.RegisterLogCallback(&Receive));
            _isRegistered = true;
        }
    }

    // A function pointer, unlike a delegate, cannot be collected while LightGBM holds it.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Receive(byte* text)
    {
        try
        {
            var line = _line ??= new StringBuilder();
            line.Append(Marshal.PtrToStringUTF8((nint)text));
            if (line.Length > LongestLine || (line.Length > 0 && line[^1] == '\n'))
            {
                LightGbmLog.Receive(line.ToString().TrimEnd());
                line.Clear();
            }
        }
        catch (Exception)
        {
            // An exception must not unwind through native frames; a log line is not worth a process.
        }
    }
}
