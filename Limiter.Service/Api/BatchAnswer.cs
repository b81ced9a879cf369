using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Events;

namespace RateLimitSuite.Limiter.Api;

/// <summary>The answer to one message of a stream, filled in again for the next: a stream has one message under way at a time.</summary>
internal sealed class BatchAnswer
{
    private readonly List<(DecideResult Result, DecideResponse Response)> _kept = [];

    /// <summary>What has been added since the last <see cref="Clear"/>.</summary>
    public DecideBatchResponse Message { get; } = new();

    /// <summary>Events of the decisions that are not published yet.</summary>
    public EncodedEvents Events { get; } = new();

    /// <summary>A response to fill in; it holds what another decision has left in it.</summary>
    public DecideResponse NextResponse => Next().Response;

    public void Clear() => Message.Results.Clear();

    /// <summary>Adds <see cref="NextResponse"/>, filled in.</summary>
    public void Add(DecideResponse response)
    {
        var result = Next().Result;
        result.Response = response;
        Message.Results.Add(result);
    }

    public void Add(RequestFault fault)
    {
        var result = Next().Result;
        result.Fault = fault;
        Message.Results.Add(result);
    }

    private (DecideResult Result, DecideResponse Response) Next()
    {
        if (_kept.Count == Message.Results.Count)
        {
            _kept.Add((new DecideResult(), new DecideResponse()));
        }

        return _kept[Message.Results.Count];
    }
}
