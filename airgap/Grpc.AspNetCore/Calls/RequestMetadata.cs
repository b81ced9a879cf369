using System.Collections.Frozen;
using Grpc.Core;
using Grpc.Net.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Reads the metadata of a request: its headers without those of the protocol.</summary>
internal static class RequestMetadata
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        HeaderNames.Encoding, HeaderNames.AcceptEncoding, HeaderNames.Timeout, "content-encoding", "content-type", "te", "host", "accept-encoding");

    public static Metadata Read(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            if (name.StartsWith(':') || Reserved.Contains(name))
            {
                continue;
            }

            foreach (var value in values)
            {
                MetadataReader.Add(metadata, name, value ?? "");
            }
        }

        return metadata;
    }
}
