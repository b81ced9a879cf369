using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>What every resource's runner uses.</summary>
internal sealed record RunnerServices(
    IServiceProvider Provider,
    StandInOptions Options,
    ResourceConsole Console,
    ResourceNotificationService Notifications,
    IDistributedApplicationEventing Eventing,
    DependencyWait Dependencies,
    HealthMonitor Health,
    Watchdog Watchdog,
    TimeProvider Time);
