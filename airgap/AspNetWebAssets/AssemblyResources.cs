using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace RateLimitSuite.Airgap.WebAssets;

/// <summary>Reads what an assembly carries as embedded resources.</summary>
internal static class AssemblyResources
{
    /// <summary>The bytes of a resource, or null where the assembly has none of that name.</summary>
    public static byte[]? Read(string assembly, string name)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        foreach (var handle in metadata.ManifestResources)
        {
            var resource = metadata.GetManifestResource(handle);
            if (metadata.StringComparer.Equals(resource.Name, name))
            {
                // A resource is its length and its bytes, at its offset in the directory that all of them share.
                var directory = file.PEHeaders.CorHeader!.ResourcesDirectory;
                var reader = file.GetSectionData(directory.RelativeVirtualAddress).GetReader();
                reader.Offset = checked((int)resource.Offset);
                return reader.ReadBytes(reader.ReadInt32());
            }
        }

        return null;
    }
}
