using System.Net;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Traffic.Sources;

namespace RateLimitSuite.Traffic.Sending;

/// <summary>From an event to the question about it.</summary>
/// <remarks>What logs lack is drawn by client, always the same for the same client: most have no risk and a good address, one in sixteen
/// is risky. Clients that are no address get one of 10.0.0.0/8.</remarks>
internal sealed class RequestMaker(string domain)
{
    public DecideRequest Make(in TrafficEvent request, bool check)
    {
        var hash = Hash(request.Client);
        var features = new CallerFeatures
        {
            ClientRisk = hash % 16 == 0 ? 0.6 + (hash / 16 % 4 / 10.0) : hash / 16 % 3 / 20.0,
            IpReputation = hash % 16 == 0 ? 0.3 : 1 - (hash / 64 % 4 / 10.0),
        };
        if (!double.IsNaN(request.Bytes))
        {
            features.RequestSize = request.Bytes;
        }

        return new DecideRequest
        {
            ClientId = request.Client,
            Domain = check ? "" : domain,
            Features = features,
            ClientIp = AddressOf(request.Client, hash),
        };
    }

    private static string AddressOf(string client, uint hash)
    {
        var copy = client.IndexOf('~', StringComparison.Ordinal);
        var name = copy < 0 ? client : client[..copy];
        return IPAddress.TryParse(name, out _) && name.Contains('.', StringComparison.Ordinal)
            ? name
            : $"10.{hash >> 16 & 15}.{hash >> 8 & 31}.{hash & 255}";
    }

    // FNV-1a: the same in every process, unlike string.GetHashCode.
    private static uint Hash(string text)
    {
        var hash = 2166136261;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619;
        }

        hash ^= hash >> 15;
        hash *= 0x2C1B3C6D;
        return hash ^ (hash >> 13);
    }
}
