using System.Collections.Concurrent;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Experiments;

namespace RateLimitSuite.Limiter.Control;

/// <summary>One backend: its controller, the clients that take part in its split, its open admissions.</summary>
internal sealed class Backend(BackendOptions options)
{
    private readonly ConcurrentQueue<SplitClient> _joining = new();

    public string Name => Controller.Options.Name;

    public BackendController Controller { get; } = new(options);

    public OpenAdmissions Admissions { get; } = new();

    /// <summary>What may be admitted only to learn from.</summary>
    public ProbeBudget Probes { get; } = new();

    /// <summary>Chance moves of its clients' rates; the control loop's own, null before its first tick.</summary>
    public RateDither? Dither { get; set; }

    /// <summary>Compares governed and held-out clients; the control loop's own.</summary>
    public HoldoutComparison Comparison { get; } = new();

    /// <summary>Clients with recent demand; the control loop's own.</summary>
    public List<SplitClient> Clients { get; } = [];

    /// <summary>Asks for a place in the next split. At most once a client until the loop lets go of it.</summary>
    /// <param name="client">Where it is in the table.</param>
    /// <param name="idUtf8">Its id, which the table does not keep; copied.</param>
    public void Join(ClientHandle client, ReadOnlySpan<byte> idUtf8) => _joining.Enqueue(new SplitClient(client, idUtf8.ToArray()));

    public bool TryTakeJoining(out SplitClient client) => _joining.TryDequeue(out client);
}
