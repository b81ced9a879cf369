using System.Buffers;
using System.IO.Compression;
using Grpc.Net.Compression;

namespace Grpc.Net.Wire;

/// <summary>The compression methods that one side offers, by name.</summary>
internal sealed class Encodings
{
    public const string Identity = "identity";

    private readonly Dictionary<string, ICompressionProvider> _providers;

    public Encodings(IEnumerable<ICompressionProvider> providers)
    {
        _providers = providers.ToDictionary(provider => provider.EncodingName, StringComparer.Ordinal);
        AcceptHeader = string.Join(',', _providers.Keys.Prepend(Identity));
    }

    /// <summary>The value of <c>grpc-accept-encoding</c>.</summary>
    public string AcceptHeader { get; }

    public static IEnumerable<ICompressionProvider> Defaults =>
        [new GzipCompressionProvider(CompressionLevel.Fastest), new DeflateCompressionProvider(CompressionLevel.Fastest)];

    public ICompressionProvider? Find(string? encoding) => encoding is null ? null : _providers.GetValueOrDefault(encoding);

    /// <summary>Decompresses a message whose flag is set.</summary>
    /// <exception cref="FrameException">The encoding is missing or unknown, the data is not of it, or what comes out is too long.</exception>
    public ReadOnlySequence<byte> Decompress(in ReadOnlySequence<byte> payload, string? encoding, int? lengthMax)
    {
        var provider = encoding switch
        {
            null => throw FrameException.MissingEncoding(),
            Identity => throw FrameException.IdentityEncoding(),
            _ => Find(encoding) ?? throw FrameException.UnknownEncoding(encoding, AcceptHeader),
        };
        try
        {
            using var source = new MemoryStream(payload.ToArray());
            using var stream = provider.CreateDecompressionStream(source);
            return new ReadOnlySequence<byte>(ReadAll(stream, lengthMax));
        }
        catch (InvalidDataException exception)
        {
            throw new FrameException(new Core.Status(Core.StatusCode.Internal, $"The message is not valid {encoding} data.", exception));
        }
    }

    // A small message can decompress to gigabytes, so the limit is watched while reading.
    private static ReadOnlyMemory<byte> ReadAll(Stream stream, int? lengthMax)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        int read;
        while ((read = stream.Read(buffer.GetSpan(4096))) > 0)
        {
            buffer.Advance(read);
            if (buffer.WrittenCount > lengthMax)
            {
                throw FrameException.TooLong(lengthMax.Value);
            }
        }

        return buffer.WrittenMemory;
    }
}
