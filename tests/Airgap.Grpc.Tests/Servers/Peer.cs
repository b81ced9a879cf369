using System.Diagnostics;
using System.Globalization;

namespace RateLimitSuite.Airgap.GrpcTests.Servers;

/// <summary>Another gRPC implementation, in a process of its own. tests/setup.sh.d/grpc.sh sets them up.</summary>
internal sealed record Peer(string Program, IReadOnlyList<string> Arguments)
{
    private static readonly string Root = FindRoot();

    public static Peer NodeServer => Node("server.js");

    public static Peer NodeClient(Uri server) => Node("client.js").With(server);

    public static Peer PythonServer => Python("server.py");

    public static Peer PythonClient(Uri server) => Python("client.py").With(server);

    public Process Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program, [.. Arguments, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var made = Path.Combine(Root, "artifacts", "grpc-peers");
        start.Environment["NODE_PATH"] = Path.Combine(made, "node_modules");
        start.Environment["PYTHONPATH"] = made;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        // C-core and grpc-js would otherwise ask a proxy of the environment for loopback addresses as well.
        start.Environment["no_proxy"] = "127.0.0.1";
        return Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start.");
    }

    private static Peer Node(string script) => new("node", [Script(script), Path.Combine(Root, "tests", "Airgap.Grpc.Tests", "Protos")]);

    private static Peer Python(string script) => new("/usr/bin/python3", [Script(script)]);

    private static string Script(string name) => Path.Combine(Root, "tests", "Airgap.Grpc.Tests", "peers", name);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RateLimitSuite.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No repository around {AppContext.BaseDirectory}.");
    }

    private Peer With(Uri server) => this with { Arguments = [.. Arguments, server.Port.ToString(CultureInfo.InvariantCulture)] };
}
