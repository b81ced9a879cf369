using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RateLimitSuite.Airgap.Broker;

/// <summary>What the command line asks for.</summary>
/// <param name="Port">Loopback port that clients bootstrap from; 0: a free one, which the ready line names.</param>
internal sealed record BrokerOptions(int Port)
{
    public const string Usage =
        """
        usage: dotnet Broker.dll --port N
          --port N  loopback port to bootstrap from, 0..65535 (0: a free one)
        Holds everything in memory. Ends on SIGTERM, when its parent dies or when its standard input closes.
        """;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out BrokerOptions? options, [NotNullWhen(false)] out string? problem)
    {
        (options, problem) = args switch
        {
            ["--port", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
                => (new BrokerOptions(port), (string?)null),
            ["--port", var text] => (null, $"--port is '{text}'; it must be 0..65535."),
            ["--port"] => (null, "--port needs a number."),
            [] => (null, "--port is missing."),
            _ => (null, $"'{args.FirstOrDefault(arg => arg != "--port")}' is not understood."),
        };
        return options is not null;
    }
}
