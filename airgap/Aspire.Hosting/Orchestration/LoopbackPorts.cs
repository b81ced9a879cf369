using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Aspire.Hosting.Orchestration;

/// <summary>Ports that nobody listens on.</summary>
internal sealed class LoopbackPorts
{
    // Below the range from which systems take ports for outgoing connections, so that none of those takes a port
    // between its choice here and the moment when the service binds it.
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int TriesMax = 1_000;

    private readonly HashSet<int> _given = [];

    /// <summary>A free port, given once.</summary>
    public int Next()
    {
        for (var i = 0; i < TriesMax; i++)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
            if (IsFree(port) && _given.Add(port))
            {
                return port;
            }
        }

        throw new DistributedApplicationException($"No free port was found between {First} and {Last}.");
    }

    /// <summary>Whether a process could listen on the port.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
