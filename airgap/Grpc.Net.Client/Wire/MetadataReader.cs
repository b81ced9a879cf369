using Grpc.Core;

namespace Grpc.Net.Wire;

/// <summary>Adds received headers to metadata.</summary>
internal static class MetadataReader
{
    /// <summary>Adds one header. Binary values may be several, divided by commas; those that are not base64 are left out.</summary>
    public static void Add(Metadata metadata, string name, string value)
    {
        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            AddText(metadata, name, value);
            return;
        }

        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            try
            {
                metadata.Add(name, BinaryValue.Decode(part));
            }
            catch (FormatException)
            {
                // A header from outside must not end the call; the handler sees it as missing.
            }
        }
    }

    private static void AddText(Metadata metadata, string name, string value)
    {
        try
        {
            metadata.Add(name, value);
        }
        catch (ArgumentException)
        {
            // HTTP allows characters in names that metadata does not.
        }
    }
}
