using Microsoft.Extensions.Options;
using RateLimitSuite.Explainer.Models;

namespace RateLimitSuite.Explainer.Background;

/// <summary>Recompiles the interventional explainers of the served models over the newest background, off the request path.</summary>
internal sealed partial class BackgroundRebuilder(
    BackgroundWindow window, ModelShelf shelf, IOptions<ExplainerOptions> options, TimeProvider time, ILogger<BackgroundRebuilder> log)
    : BackgroundService
{
    // Until the first background is there, look often, so that the mode changes soon after enough rows have come.
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var builtAt = 0L;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(builtAt == 0 ? FirstLook : options.Value.BackgroundEvery, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var added = window.Added;
            if (window.Count < options.Value.BackgroundMinimum || added == builtAt || stoppingToken.IsCancellationRequested)
            {
                continue;
            }

            try
            {
                shelf.UseBackground(new BackgroundSample(window.Snapshot(), Guid.CreateVersion7(time.GetUtcNow()).ToString("N")), stoppingToken);
                builtAt = added;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or OutOfMemoryException)
            {
                Log.RebuildFailed(log, fault);   // The old background stays in use.
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The SHAP background could not be rebuilt; the former one stays in use")]
        public static partial void RebuildFailed(ILogger logger, Exception fault);
    }
}
