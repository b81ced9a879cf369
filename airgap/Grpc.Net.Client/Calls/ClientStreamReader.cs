using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>The client's side of a stream of responses.</summary>
internal sealed class ClientStreamReader<T>(ClientCall call, Task<HttpResponseMessage> response, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private ResponseReader<T>? _reader;
    private T? _current;
    private int _reading;
    private bool _ended;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message: call MoveNext first, and only while it gives true.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _reading, 1) == 1)
        {
            throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
        }

        try
        {
            using var registration = cancellationToken.UnsafeRegister(static state => ((ClientCall)state!).Cancel("Call canceled by the client."), call);
            return await ReadAsync();
        }
        catch (Exception exception)
        {
            var failure = call.Fail(exception);
            End();
            throw failure;
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    private async Task<bool> ReadAsync()
    {
        if (_ended)
        {
            return call.GetStatus().StatusCode == StatusCode.OK ? false : throw call.CreateException();
        }

        _reader ??= new ResponseReader<T>(call, await response, marshaller);
        _current = await _reader.ReadAsync();
        if (_current is not null)
        {
            return true;
        }

        var status = _reader.End();
        End();
        return status.StatusCode == StatusCode.OK ? false : throw call.CreateException();
    }

    private void End()
    {
        _ended = true;
        _current = null;
        _reader?.Dispose();
        _reader = null;
    }
}
