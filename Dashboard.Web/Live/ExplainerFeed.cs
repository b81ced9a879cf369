using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Asks the explainer how it is, and for the newest decisions in plain words.</summary>
/// <remarks>Topic shap-values has the numbers of all of them; words only the few on the screen need.</remarks>
internal sealed class ExplainerFeed(ExplainerApi.ExplainerApiClient explainer, SuiteState state, TimeProvider time, ILogger<ExplainerFeed> logger)
    : Feed("explainer", TimeSpan.FromSeconds(1), time, logger)
{
    private const int EachTime = 4;

    private string _last = "";

    protected override async Task AskAsync(CancellationToken cancellationToken)
    {
        state.Explainer.Set(await explainer.GetStatusAsync(new GetExplainerStatusRequest(), deadline: Deadline, cancellationToken: cancellationToken));
        if (!state.HasViewers)
        {
            return;
        }

        var fresh = state.Shap.Newest(EachTime).TakeWhile(id => id != _last).Reverse().ToList();
        foreach (var id in fresh)
        {
            await AddAsync(id, cancellationToken);
            _last = id;
        }
    }

    protected override void Fail(Exception cause) => state.Explainer.Fail(cause);

    private async Task AddAsync(string requestId, CancellationToken cancellationToken)
    {
        try
        {
            state.AddSentence(await explainer.GetExplanationAsync(
                new GetExplanationRequest { RequestId = requestId }, deadline: Deadline, cancellationToken: cancellationToken));
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.NotFound)
        {
            // Made by another replica, and not yet in the store: the next one will do.
        }
    }
}
