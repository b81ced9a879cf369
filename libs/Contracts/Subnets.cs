using System.Net;
using System.Net.Sockets;

namespace RateLimitSuite.Contracts;

/// <summary>The subnet that stands for an address wherever many clients are shown together.</summary>
public static class Subnets
{
    /// <summary>The /24 of an IPv4 address, the /48 of an IPv6 one, in CIDR notation; empty where the text is no address.</summary>
    public static string Of(string address)
    {
        if (!IPAddress.TryParse(address, out var ip))
        {
            return "";
        }

        if (ip.IsIPv4MappedToIPv6)
        {
            ip = ip.MapToIPv4();
        }

        var bytes = ip.GetAddressBytes();
        var kept = ip.AddressFamily == AddressFamily.InterNetwork ? 3 : 6;
        Array.Clear(bytes, kept, bytes.Length - kept);
        return $"{new IPAddress(bytes)}/{kept * 8}";
    }
}
