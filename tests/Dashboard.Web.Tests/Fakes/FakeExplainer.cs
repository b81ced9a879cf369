using System.Collections.Concurrent;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Tests.Fakes;

/// <summary>An explainer that knows the explanations it was given.</summary>
internal sealed class FakeExplainer : ExplainerApi.ExplainerApiBase
{
    public ConcurrentDictionary<string, Explanation> Known { get; } = new(StringComparer.Ordinal);

    public override Task<ExplainerStatus> GetStatus(GetExplainerStatusRequest request, ServerCallContext context) =>
        Task.FromResult(new ExplainerStatus { Replica = "explainer-0", Mode = "interventional", Explained = 9_000 });

    public override Task<Explanation> GetExplanation(GetExplanationRequest request, ServerCallContext context) =>
        Known.TryGetValue(request.RequestId, out var found)
            ? Task.FromResult(found)
            : throw new RpcException(new Status(StatusCode.NotFound, $"No explanation of request '{request.RequestId}'."));
}
