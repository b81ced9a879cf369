using System.Runtime.CompilerServices;

namespace RateLimitSuite.Traffic.Sources;

/// <summary>A log at another speed, in several copies with renamed clients and shifted times, again and again if asked.</summary>
/// <remarks>Copy i begins i/n of the log later, so that the copies' bursts do not fall together; each is a reader of its own, so memory stays bounded.</remarks>
internal sealed class LogReplay(string path, LogShape shape, double speed, int copies, bool loop)
{
    /// <summary>Mean requests/s of the replay.</summary>
    public double Rate => shape.Rate * speed * copies;

    /// <summary>The events, in order, at the replay's own times from 0 on.</summary>
    public async IAsyncEnumerable<TrafficEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var queue = new PriorityQueue<IAsyncEnumerator<TrafficEvent>, TimeSpan>(copies);
        try
        {
            for (var copy = 0; copy < copies; copy++)
            {
                await AdvanceAsync(CopyAsync(copy, cancellationToken).GetAsyncEnumerator(cancellationToken), queue);
            }

            while (queue.TryDequeue(out var next, out _))
            {
                yield return next.Current;
                await AdvanceAsync(next, queue);
            }
        }
        finally
        {
            while (queue.TryDequeue(out var open, out _))
            {
                await open.DisposeAsync();
            }
        }
    }

    private static async Task AdvanceAsync(IAsyncEnumerator<TrafficEvent> events, PriorityQueue<IAsyncEnumerator<TrafficEvent>, TimeSpan> queue)
    {
        if (await events.MoveNextAsync())
        {
            queue.Enqueue(events, events.Current.At);
        }
        else
        {
            await events.DisposeAsync();
        }
    }

    private async IAsyncEnumerable<TrafficEvent> CopyAsync(int copy, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A copy starts within the log and, looping, comes to what it left out at the log's next turn.
        var skipped = shape.Span * copy / copies;
        for (var round = 0; ; round++)
        {
            var any = false;
            await foreach (var request in new LogReader(path).ReadAsync(cancellationToken))
            {
                any = true;
                var at = request.At + (shape.Span * round) - skipped;
                if (at >= TimeSpan.Zero)
                {
                    yield return request with { At = at / speed, Client = copy == 0 ? request.Client : $"{request.Client}~{copy}" };
                }
            }

            if (!any || !loop)
            {
                yield break;
            }
        }
    }
}
