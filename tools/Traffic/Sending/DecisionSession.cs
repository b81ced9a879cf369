using System.Threading.Channels;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Traffic.Sending;

/// <summary>One stream of questions to the Limiter; answers come in order and meet their question again.</summary>
internal sealed class DecisionSession : IAsyncDisposable
{
    private const int BatchesInFlight = 256;

    private readonly AsyncDuplexStreamingCall<DecideBatchRequest, DecideBatchResponse> _call;
    private readonly Channel<List<PendingRequest>> _asked = Channel.CreateBounded<List<PendingRequest>>(BatchesInFlight);
    private readonly Action<PendingRequest, DecideResult> _answered;
    private readonly CancellationTokenSource _ended;
    private readonly Task _reading;
    private int _unanswered;

    public DecisionSession(LimiterApi.LimiterApiClient limiter, Action<PendingRequest, DecideResult> answered, CancellationToken cancellationToken)
    {
        _answered = answered;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _call = limiter.DecideStream(cancellationToken: _ended.Token);
        _reading = ReadAsync();
    }

    /// <summary>Questions without an answer.</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>Asks; waits only while very much is unanswered.</summary>
    /// <exception cref="RpcException">The stream is broken.</exception>
    public async Task AskAsync(DecideBatchRequest questions, List<PendingRequest> pending)
    {
        if (_reading.IsCompleted)
        {
            await _reading;
            throw new RpcException(new Status(StatusCode.Unavailable, "The Limiter ended the stream."));
        }

        Interlocked.Add(ref _unanswered, pending.Count);
        await _asked.Writer.WriteAsync(pending, _ended.Token);
        await _call.RequestStream.WriteAsync(questions, _ended.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _call.Dispose();
        _ended.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(_ended.Token))
            {
                var pending = await _asked.Reader.ReadAsync(_ended.Token);
                for (var i = 0; i < pending.Count; i++)
                {
                    _answered(pending[i], _call.ResponseStream.Current.Results[i]);
                }

                Interlocked.Add(ref _unanswered, -pending.Count);
            }
        }
        finally
        {
            // Nobody would ever take what the writer still wants to put in.
            await _ended.CancelAsync();
        }
    }
}
