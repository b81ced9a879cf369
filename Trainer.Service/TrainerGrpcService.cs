using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Runs;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer;

/// <summary>The trainer's gRPC edge: checks, asks, maps.</summary>
[Authorize(SuitePolicies.Viewer)]
[BindServiceMethod(typeof(TrainerGrpcService), nameof(Bind))]
internal sealed class TrainerGrpcService(
    TrainingQueue queue, Leadership leadership, Schedule schedule, ModelRegistry registry, ModelRegistryReader reader, RegistryHistory history,
    ModelComparison comparison, ITrainingEngine engine, LoopProfile profile) : TrainerApi.TrainerApiBase
{
    private const int LimitMaximum = 1_000;
    private const int TextMaximum = 1_000;
    private static readonly string[] Reasons = ["drift", "nightly", "manual", "first"];

    /// <summary>Binds the methods so that bytes which are no such message are the caller's fault.</summary>
    public static void Bind(ServiceBinderBase binder, TrainerApi.TrainerApiBase? service) => TrainerApi.BindService(new StrictBinder(binder), service);

    /// <inheritdoc/>
    [Authorize(SuitePolicies.Operator)]
    public override Task Retrain(RetrainRequest request, IServerStreamWriter<TrainingProgress> responseStream, ServerCallContext context) =>
        Edge.GuardAsync(async () =>
        {
            var reason = request.Reason.Length == 0 ? "manual" : request.Reason;
            Edge.Require(Reasons.Contains(reason), $"reason is '{reason}'; it must be drift, nightly, manual or first.");
            Edge.RequireLength("detail", request.Detail, 0, TextMaximum);
            Edge.RequireLength("key", request.Key, 0, TextMaximum);
            Edge.RequirePerson(request.Force, context, "force");
            Edge.RequireLeader(leadership);
            var run = await queue.RequestAsync(reason, request.Detail, request.Key, request.Force, context.CancellationToken);
            await foreach (var step in run.FollowAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(step.ToProto(), context.CancellationToken);
            }
        });

    /// <inheritdoc/>
    public override Task<TrainerStatus> GetStatus(GetTrainerStatusRequest request, ServerCallContext context) => Edge.GuardAsync(async () =>
    {
        var serving = await registry.GetServingAsync(context.CancellationToken);
        var status = new TrainerStatus
        {
            ChampionVersion = serving.Champion,
            ChallengerVersion = serving.Challenger,
            ChallengerStage = serving.Stage,
            CanaryShare = serving.Share,
            Engine = engine.Name,
            Profile = profile.Profile,
            PromotionStopped = serving.PromotionStopped,
            RowsAvailable = (ulong)schedule.RowsAvailable,
            RowsNeeded = (ulong)(serving.HasChampion ? profile.ModelRows : profile.FirstModelRows),
        };
        status.Current = (queue.Current ?? queue.Pending)?.Last?.ToProto();
        status.Last = queue.Last?.Last?.ToProto();
        status.NextNightly = schedule.NextNightly?.ToProto();
        return status;
    });

    /// <inheritdoc/>
    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) => Edge.GuardAsync(async () =>
    {
        var limit = Edge.Limit(request.Limit, 50, LimitMaximum);
        var records = await reader.ListAsync(limit, request.State.Length == 0 ? null : request.State, context.CancellationToken);
        var serving = await registry.GetServingAsync(context.CancellationToken);
        var response = new ListModelsResponse();
        foreach (var record in records)
        {
            response.Models.Add(await InfoAsync(record, serving, context.CancellationToken));
        }

        return response;
    });

    /// <inheritdoc/>
    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context) => Edge.GuardAsync(async () =>
    {
        var version = request.Version.Length > 0 ? request.Version : (await registry.GetServingAsync(context.CancellationToken)).Champion;
        if (version.Length == 0)
        {
            throw new RpcException(new Status(StatusCode.NotFound, "there is no champion yet."));
        }

        var response = new GetModelResponse { Model = await InfoAsync(version, context.CancellationToken) };
        if (request.IncludeText)
        {
            response.Text = Google.Protobuf.ByteString.CopyFrom(await reader.GetTextAsync(version, context.CancellationToken));
        }

        return response;
    });

    /// <inheritdoc/>
    public override Task<CompareResponse> Compare(CompareRequest request, ServerCallContext context) => Edge.GuardAsync(async () =>
    {
        Edge.RequireLength("version_a", request.VersionA, 1, TextMaximum);
        Edge.RequireLength("version_b", request.VersionB, 1, TextMaximum);
        var (difference, lower, upper, rows) = await comparison.CompareAsync(request.VersionA, request.VersionB, context.CancellationToken);
        return new CompareResponse
        {
            A = await InfoAsync(request.VersionA, context.CancellationToken),
            B = await InfoAsync(request.VersionB, context.CancellationToken),
            MaeDifference = difference,
            Lower = lower,
            Upper = upper,
            Rows = (ulong)rows,
        };
    });

    /// <inheritdoc/>
    [Authorize(SuitePolicies.Operator)]
    public override Task<ModelInfo> Promote(PromoteRequest request, ServerCallContext context) => Edge.GuardAsync(async () =>
    {
        Edge.RequireLength("version", request.Version, 1, TextMaximum);
        Edge.RequireLength("reason", request.Reason, 1, TextMaximum);
        Edge.RequirePerson(true, context, "Promote");

        // Verified before it is served: a damaged or foreign model would be refused by every reader.
        ServingModel.Parse(await reader.GetTextAsync(request.Version, context.CancellationToken));
        await registry.PromoteAsync(request.Version, Edge.Person(context), request.Reason, profile.WatchTime, context.CancellationToken);
        return await InfoAsync(request.Version, context.CancellationToken);
    });

    /// <inheritdoc/>
    [Authorize(SuitePolicies.Operator)]
    public override Task<ModelInfo> Rollback(RollbackRequest request, ServerCallContext context) => Edge.GuardAsync(async () =>
    {
        Edge.RequireLength("reason", request.Reason, 1, TextMaximum);
        Edge.RequirePerson(true, context, "Rollback");
        await registry.RollbackAsync("", request.ToVersion, Edge.Person(context), request.Reason, context.CancellationToken);
        return await InfoAsync((await registry.GetServingAsync(context.CancellationToken)).Champion, context.CancellationToken);
    });

    /// <inheritdoc/>
    public override Task<GetHistoryResponse> GetHistory(GetHistoryRequest request, ServerCallContext context) => Edge.GuardAsync(async () =>
    {
        var entries = await history.NewestAsync(Edge.Limit(request.Limit, 100, LimitMaximum), context.CancellationToken);
        var response = new GetHistoryResponse { ChainIntact = await history.IsIntactAsync(context.CancellationToken) };
        response.Entries.AddRange(entries.Select(entry => entry.ToProto()));
        return response;
    });

    private async Task<ModelInfo> InfoAsync(string version, CancellationToken cancellationToken)
    {
        var record = await reader.GetAsync(version, cancellationToken) ?? throw new KeyNotFoundException($"The registry holds no model '{version}'.");
        return await InfoAsync(record, await registry.GetServingAsync(cancellationToken), cancellationToken);
    }

    private async Task<ModelInfo> InfoAsync(ModelRecord record, Serving serving, CancellationToken cancellationToken)
    {
        var info = record.ToProto(serving);
        info.Gates.AddRange((await history.GatesAsync(record.Version, cancellationToken)).Select(gate => gate.ToProto()));
        return info;
    }
}
