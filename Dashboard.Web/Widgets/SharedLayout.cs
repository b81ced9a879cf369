using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace RateLimitSuite.Dashboard.Widgets;

/// <summary>A layout as the text of a link: whoever follows it sees the same widgets, on any replica, saved or not.</summary>
public static class SharedLayout
{
    /// <summary>Packs JSON into letters that a link may hold.</summary>
    public static string Pack(string json)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize))
        {
            deflate.Write(Encoding.UTF8.GetBytes(json));
        }

        return WebEncoders.Base64UrlEncode(packed.ToArray());
    }

    /// <summary>The JSON again; null where the text is damaged, or too long unpacked.</summary>
    public static string? Unpack(string text)
    {
        try
        {
            using var deflate = new DeflateStream(new MemoryStream(WebEncoders.Base64UrlDecode(text)), CompressionMode.Decompress);
            var buffer = new byte[(LayoutReader.MostCharacters * 3) + 1];
            var length = deflate.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length < buffer.Length ? Encoding.UTF8.GetString(buffer, 0, length) : null;
        }
        catch (Exception fault) when (fault is FormatException or InvalidDataException)
        {
            return null;
        }
    }
}
