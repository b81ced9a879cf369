using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Holds a resource back until all it waits for is there, and says what that is.</summary>
internal sealed class DependencyWait(ResourceNotificationService notifications, ResourceConsole console, TimeProvider time)
{
    private static readonly TimeSpan Reminder = TimeSpan.FromSeconds(10);

    /// <exception cref="DistributedApplicationException">A dependency has ended for good.</exception>
    public async Task WaitAsync(IResource resource, CancellationToken cancellationToken)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>()
            .Where(w => w.Resource is not IResourceWithoutLifetime)
            .DistinctBy(w => (w.Resource, w.WaitType))
            .ToArray();
        if (waits.Length == 0)
        {
            return;
        }

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pending = waits.ToDictionary(w => w, w => WaitAsync(w, failed.Token));
        try
        {
            await WithReminders(resource, pending, cancellationToken);
        }
        finally
        {
            await failed.CancelAsync();
        }
    }

    private async Task WithReminders(IResource resource, Dictionary<WaitAnnotation, Task> pending, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = pending.Where(p => !p.Value.IsCompletedSuccessfully).ToArray();
            if (left.Length == 0)
            {
                return;
            }

            console.Say($"{resource.Name} waits for {string.Join(", ", left.Select(p => Describe(p.Key)))}");
            await Task.WhenAny(AllOrFirstFailure(left.Select(p => p.Value)), Task.Delay(Reminder, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (left.FirstOrDefault(p => p.Value.IsFaulted || p.Value.IsCanceled).Value is { } broken)
            {
                await broken;
            }
        }
    }

    private static async Task AllOrFirstFailure(IEnumerable<Task> tasks)
    {
        var running = tasks.ToList();
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            if (!ended.IsCompletedSuccessfully)
            {
                return;
            }

            running.Remove(ended);
        }
    }

    private async Task WaitAsync(WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var replicas = wait.Resource.GetReplicaCount();
        var reached = new HashSet<string>();
        await foreach (var update in notifications.WatchAsync(cancellationToken))
        {
            if (!ReferenceEquals(update.Resource, wait.Resource))
            {
                continue;
            }

            if (Satisfies(wait, update))
            {
                reached.Add(update.ResourceId);
            }
            else
            {
                reached.Remove(update.ResourceId);
                ThrowIfHopeless(wait, update);
            }

            if (reached.Count >= replicas)
            {
                return;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static bool Satisfies(WaitAnnotation wait, ResourceEvent update) => wait.WaitType switch
    {
        WaitType.WaitUntilHealthy => ResourceNotificationService.IsHealthy(update),
        WaitType.WaitUntilStarted => update.Snapshot.State?.Text == KnownResourceStates.Running,
        _ => ResourceNotificationService.HasEnded(update) && update.Snapshot.ExitCode == wait.ExitCode,
    };

    // Without a dashboard nobody would start an ended resource again.
    private static void ThrowIfHopeless(WaitAnnotation wait, ResourceEvent update)
    {
        if (ResourceNotificationService.HasEnded(update) && wait.WaitBehavior != WaitBehavior.WaitOnResourceUnavailable)
        {
            throw ResourceNotificationService.Unavailable(update);
        }
    }

    private static string Describe(WaitAnnotation wait) => wait.WaitType switch
    {
        WaitType.WaitUntilHealthy => $"{wait.Resource.Name} (healthy)",
        WaitType.WaitUntilStarted => $"{wait.Resource.Name} (started)",
        _ => $"{wait.Resource.Name} (finished)",
    };
}
