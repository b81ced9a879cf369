using System.Runtime.InteropServices;

namespace RateLimitSuite.LightGbm.Native;

/// <summary>Reads lists of names, which LightGBM copies into buffers that the caller has made.</summary>
internal static unsafe class NativeStrings
{
    private const nuint FirstBufferLength = 128;

    /// <summary>Fills up to <paramref name="length"/> buffers; tells how many names there are and how long the longest is.</summary>
    public delegate void Reader(int length, out int count, nuint bufferLength, out nuint neededLength, byte** buffers);

    public static string[] Read(int count, Reader read)
    {
        var names = TryRead(count, FirstBufferLength, read, out var neededLength);
        return names ?? TryRead(count, neededLength, read, out _) ?? throw new LightGbmException("LightGBM's names grew while they were read.");
    }

    private static string[]? TryRead(int count, nuint bufferLength, Reader read, out nuint neededLength)
    {
        var block = (byte*)NativeMemory.AllocZeroed((nuint)count, bufferLength);
        var buffers = (byte**)NativeMemory.Alloc((nuint)count, (nuint)sizeof(byte*));
        try
        {
            for (var i = 0; i < count; i++)
            {
                buffers[i] = block + ((nuint)i * bufferLength);
            }

            read(count, out _, bufferLength, out neededLength, buffers);
            if (neededLength > bufferLength)
            {
                return null;
            }

            var names = new string[count];
            for (var i = 0; i < count; i++)
            {
                names[i] = Marshal.PtrToStringUTF8((nint)buffers[i])!;
            }

            return names;
        }
        finally
        {
            NativeMemory.Free(buffers);
            NativeMemory.Free(block);
        }
    }
}
