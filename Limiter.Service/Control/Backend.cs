using System.Collections.Concurrent;
using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Control;

/// <summary>One backend: its controller, the clients that take part in its split, its open admissions.</summary>
internal sealed class Backend(BackendOptions options)
{
    private readonly ConcurrentQueue<SplitClient> _joining = new();

    public string Name => Controller.Options.Name;

    public BackendController Controller { get; } = new(options);

    public OpenAdmissions Admissions { get; } = new();

    /// <summary>Clients with recent demand; the control loop's own.</summary>
    public List<SplitClient> Clients { get; } = [];

    /// <summary>Those who asked for most at the last tick. A new list each time: any thread may read it.</summary>
    public IReadOnlyList<SplitClient> TopClients { get; set; } = [];

    /// <summary>Asks for a place in the next split. At most once a client until the loop lets go of it.</summary>
    /// <param name="client">Where it is in the table.</param>
    /// <param name="idUtf8">Its id, which the table does not keep; copied.</param>
    public void Join(ClientHandle client, ReadOnlySpan<byte> idUtf8) => _joining.Enqueue(new SplitClient(client, idUtf8.ToArray()));

    public bool TryTakeJoining(out SplitClient client) => _joining.TryDequeue(out client);
}
