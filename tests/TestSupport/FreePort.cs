using System.Net;
using System.Net.Sockets;

namespace RateLimitSuite.TestSupport;

/// <summary>Asks the system for a port of loopback that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>A port that was free a moment ago; another process may take it first, which a test then says.</summary>
    public static int Take()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
