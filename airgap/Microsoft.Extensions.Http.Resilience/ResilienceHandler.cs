using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Sends requests through a resilience pipeline.</summary>
public class ResilienceHandler(ResiliencePipeline<HttpResponseMessage> pipeline) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            var outcome = await pipeline.ExecuteOutcomeAsync(Attempt, context, (Handler: this, Request: request));
            return outcome.Result ?? throw Rethrow(outcome.Exception!);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static async ValueTask<Outcome<HttpResponseMessage>> Attempt(ResilienceContext context, (ResilienceHandler Handler, HttpRequestMessage Request) call)
    {
        try
        {
            return Outcome.FromResult(await call.Handler.Inner(call.Request, context.CancellationToken));
        }
#pragma warning disable CA1031 // The pipeline decides what to do with each exception; the last one is thrown on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Outcome.FromException<HttpResponseMessage>(error);
        }
    }

    private Task<HttpResponseMessage> Inner(HttpRequestMessage request, CancellationToken cancellationToken) => base.SendAsync(request, cancellationToken);

    private static Exception Rethrow(Exception error)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        return error;
    }
}
