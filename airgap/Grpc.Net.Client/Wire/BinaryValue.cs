namespace Grpc.Net.Wire;

/// <summary>The base64 of metadata whose key ends with "-bin": written padded, read with or without padding.</summary>
internal static class BinaryValue
{
    public static string Encode(byte[] value) => Convert.ToBase64String(value);

    /// <exception cref="FormatException">The text is not base64.</exception>
    public static byte[] Decode(string text)
    {
        var trimmed = text.Trim();
        return Convert.FromBase64String((trimmed.Length % 4) switch
        {
            2 => trimmed + "==",
            3 => trimmed + "=",
            _ => trimmed,
        });
    }
}
