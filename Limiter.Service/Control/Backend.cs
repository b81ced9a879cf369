using System.Collections.Concurrent;
using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Control;

/// <summary>One backend: its controller, the clients that take part in its split, its open admissions.</summary>
internal sealed class Backend(BackendOptions options)
{
    private readonly ConcurrentQueue<ClientHandle> _joining = new();

    public string Name => Controller.Options.Name;

    public BackendController Controller { get; } = new(options);

    public OpenAdmissions Admissions { get; } = new();

    /// <summary>Clients with recent demand; the control loop's own.</summary>
    public List<SplitClient> Clients { get; } = [];

    /// <summary>Those who asked for most at the last tick. A new list each time: any thread may read it.</summary>
    public IReadOnlyList<SplitClient> TopClients { get; set; } = [];

    /// <summary>Asks for a place in the next split. At most once a client until the loop lets go of it.</summary>
    public void Join(ClientHandle client) => _joining.Enqueue(client);

    public bool TryTakeJoining(out ClientHandle client) => _joining.TryDequeue(out client);
}
