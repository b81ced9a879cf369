using System.Globalization;
using System.Text;

namespace RateLimitSuite.Benchmarks.Decisions;

/// <summary>Requests of clients drawn at random, each with a key of its own in the order in which they come, as a server reads them from its callers.</summary>
/// <remarks>Keys that lay with the clients instead would be fetched from all over memory, which no server does before it knows whose a request is.</remarks>
internal sealed class KeyedRequests
{
    private const int Seed = 7;

    private readonly int _mask;
    private readonly int _keyBytes = KeyOf(0).Length;
    private readonly byte[] _bytes;
    private readonly string[] _texts;
    private readonly GivenFeatures[] _features;

    /// <param name="clients">How many there are.</param>
    /// <param name="count">Requests until they begin again, a power of two.</param>
    public KeyedRequests(int clients, int count)
    {
        var random = new Random(Seed);
        _mask = count - 1;
        _texts = new string[count];
        _bytes = new byte[count * _keyBytes];
        _features = new GivenFeatures[count];
        var own = Enumerable.Range(0, clients).Select(_ => GivenFeatures.Draw(random)).ToArray();
        for (var i = 0; i < count; i++)
        {
            var client = random.Next(clients);
            _texts[i] = KeyOf(client);
            _features[i] = own[client];
            Encoding.UTF8.GetBytes(_texts[i], _bytes.AsSpan(i * _keyBytes));
        }
    }

    /// <summary>A client's key; all are equally long.</summary>
    public static string KeyOf(int client) => string.Create(CultureInfo.InvariantCulture, $"client-{client:0000000}");

    /// <summary>A request's key as it came over the wire.</summary>
    public ReadOnlySpan<byte> Bytes(int request) => _bytes.AsSpan((request & _mask) * _keyBytes, _keyBytes);

    /// <summary>What the caller tells of a request's client.</summary>
    public GivenFeatures Features(int request) => _features[request & _mask];

    /// <summary>A request's key as a string of its own.</summary>
    public string Text(int request) => _texts[request & _mask];
}
