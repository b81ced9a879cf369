using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.HealthCheck;

/// <summary>The health service over statuses that the application sets.</summary>
public class HealthServiceImpl : Health.V1.Health.HealthBase
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Channel<ServingStatus>>> _watchers = new(StringComparer.Ordinal);

    /// <summary>Sets the status of a service.</summary>
    public void SetStatus(string service, ServingStatus status)
    {
        lock (_lock)
        {
            if (_statuses.TryGetValue(service, out var present) && present == status)
            {
                return;
            }

            _statuses[service] = status;
            Notify(service, status);
        }
    }

    /// <summary>Forgets a service: it is then unknown.</summary>
    public void ClearStatus(string service)
    {
        lock (_lock)
        {
            if (_statuses.Remove(service))
            {
                Notify(service, ServingStatus.ServiceUnknown);
            }
        }
    }

    /// <summary>Forgets all services.</summary>
    public void ClearAll()
    {
        lock (_lock)
        {
            foreach (var service in _statuses.Keys.ToList())
            {
                ClearStatus(service);
            }
        }
    }

    /// <inheritdoc />
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_lock)
        {
            return _statuses.TryGetValue(request.Service, out var status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(new Status(StatusCode.NotFound, ""));
        }
    }

    /// <inheritdoc />
    public override Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        return WatchAsync(request.Service, status => Task.FromResult(status), responseStream, context.CancellationToken);
    }

    /// <summary>Writes the first status, then each change, until cancelled.</summary>
    internal async Task WatchAsync(
        string service,
        Func<ServingStatus, Task<ServingStatus>> first,
        IServerStreamWriter<HealthCheckResponse> responses,
        CancellationToken cancellationToken)
    {
        // Only the newest status counts: a watcher that reads slowly skips what is out of date.
        var channel = Channel.CreateBounded<ServingStatus>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        var status = await first(Subscribe(service, channel));
        try
        {
            ServingStatus? written = null;
            while (true)
            {
                if (status != written)
                {
                    await responses.WriteAsync(new HealthCheckResponse { Status = status }, cancellationToken);
                    written = status;
                }

                status = await channel.Reader.ReadAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The usual end of a watch.
        }
        finally
        {
            Unsubscribe(service, channel);
        }
    }

    private ServingStatus Subscribe(string service, Channel<ServingStatus> channel)
    {
        lock (_lock)
        {
            if (!_watchers.TryGetValue(service, out var channels))
            {
                _watchers[service] = channels = [];
            }

            channels.Add(channel);
            return _statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown);
        }
    }

    private void Unsubscribe(string service, Channel<ServingStatus> channel)
    {
        lock (_lock)
        {
            var channels = _watchers[service];
            channels.Remove(channel);
            if (channels.Count == 0)
            {
                _watchers.Remove(service);
            }
        }
    }

    private void Notify(string service, ServingStatus status)
    {
        foreach (var channel in _watchers.GetValueOrDefault(service) ?? [])
        {
            channel.Writer.TryWrite(status);
        }
    }
}
