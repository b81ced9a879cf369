using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.Explainer.Models;
using RateLimitSuite.Explainer.Narration;
using RateLimitSuite.Explainer.Snapshots;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Explainer;

/// <summary>The gRPC edge: checks, asks, maps.</summary>
[Authorize(SuitePolicies.Viewer)]
[BindServiceMethod(typeof(ExplainerGrpcService), nameof(Bind))]
internal sealed class ExplainerGrpcService(
    FeatureSchema schema, ModelShelf shelf, ExplanationPipeline pipeline, ExplanationLookup lookup,
    ExplanationFeed feed, SnapshotStore snapshots, Narrator narrator, ExplainerMetrics metrics, ExplainerStatusReader status, TimeProvider time) : ExplainerApi.ExplainerApiBase
{
    private const int MostRows = 1024;
    private const int DaysOfSnapshots = 30;

    /// <summary>Binds the methods so that bytes which are no such message are the caller's fault.</summary>
    public static void Bind(ServiceBinderBase binder, ExplainerApi.ExplainerApiBase? service) => ExplainerApi.BindService(new StrictBinder(binder), service);

    [Authorize(SuitePolicies.Service)]
    public override async Task Submit(
        IAsyncStreamReader<ExplanationTasks> requestStream, IServerStreamWriter<SubmitAck> responseStream, ServerCallContext context)
    {
        var counts = new SubmissionCounts();
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var tasks = requestStream.Current;
            if (tasks.SchemaHash != schema.Hash)
            {
                throw new RpcException(new Status(StatusCode.FailedPrecondition,
                    $"schema_hash is '{tasks.SchemaHash}'; this Explainer explains schema {schema.Version} ({schema.Hash})."));
            }

            CheckCount(tasks.Decisions.Count, "decisions");
            foreach (var decision in tasks.Decisions)
            {
                pipeline.TryEnqueue(decision, counts);
            }

            await responseStream.WriteAsync(new SubmitAck { Explained = counts.Explained, SampledOut = counts.SampledOut, Failed = counts.Failed });
        }
    }

    public override async Task<ExplainResponse> Explain(ExplainRequest request, ServerCallContext context)
    {
        CheckCount(request.Rows.Count, "rows");
        var model = await ModelAsync(request.ModelVersion, context);
        var over = request.Mode switch
        {
            "" => model.OverBackground,
            ShapModes.PathDependent => null,
            ShapModes.Interventional => model.OverBackground
                ?? throw new RpcException(new Status(StatusCode.FailedPrecondition, "There is no background yet: mode interventional needs one.")),
            _ => throw InvalidArgument($"mode is '{request.Mode}'; it must be empty, {ShapModes.PathDependent} or {ShapModes.Interventional}."),
        };
        var response = new ExplainResponse
        {
            ModelVersion = model.Version,
            Mode = over is null ? ShapModes.PathDependent : ShapModes.Interventional,
            BackgroundId = over?.BackgroundId ?? "",
        };
        var shap = new double[schema.Count];
        for (var i = 0; i < request.Rows.Count; i++)
        {
            var row = Row(request.Rows[i], $"rows[{i}]");
            response.BaseValue = (over?.Explainer ?? model.PathDependent).Explain(row, shap);
            response.Rows.Add(new ShapRow { Prediction = model.Predictor.Predict(row), Shap = { shap } });
        }

        return response;
    }

    public override async Task ExplainStream(ExplainStreamRequest request, IServerStreamWriter<Explanation> responseStream, ServerCallContext context)
    {
        using var subscription = feed.Listen()
            ?? throw new RpcException(new Status(StatusCode.ResourceExhausted, "As many listen as may (Explainer:MaximumListeners)."));
        await foreach (var explanation in subscription.Reader.ReadAllAsync(context.CancellationToken))
        {
            if ((request.ClientId.Length == 0 || request.ClientId == explanation.ClientId) && !(request.ThrottledOnly && explanation.Allowed))
            {
                await responseStream.WriteAsync(explanation.ToMessage(schema));
            }
        }
    }

    public override async Task<Explanation> GetExplanation(GetExplanationRequest request, ServerCallContext context) =>
        (await lookup.FindAsync(request.RequestId, context.CancellationToken)).ToMessage(schema);

    public override Task<QueryExplanationsResponse> QueryExplanations(QueryExplanationsRequest request, ServerCallContext context) =>
        lookup.QueryAsync(request, context.CancellationToken);

    public override Task<ImportanceResponse> Importance(ImportanceRequest request, ServerCallContext context)
    {
        var (signed, absolute, count) = metrics.Means.Read();
        return Task.FromResult(new ImportanceResponse
        {
            FeatureNames = { schema.Names },
            MeanAbsShap = { absolute },
            MeanShap = { signed },
            Count = (ulong)count,
        });
    }

    public override async Task<InteractionsResponse> Interactions(InteractionsRequest request, ServerCallContext context)
    {
        var row = Row(request.Row ?? throw InvalidArgument("row is missing."), "row");
        var model = await ModelAsync(request.ModelVersion, context);
        if (request.Mode is not ("" or ShapModes.PathDependent))
        {
            throw InvalidArgument($"mode is '{request.Mode}'; interactions are computed in mode {ShapModes.PathDependent}.");
        }

        var values = new double[schema.Count * schema.Count];
        var baseValue = model.PathInteractions.ExplainInteractions(row, values);
        return new InteractionsResponse { ModelVersion = model.Version, BaseValue = baseValue, Values = { values } };
    }

    public override async Task<NearestResponse> Nearest(NearestRequest request, ServerCallContext context)
    {
        var nearest = await lookup.NearestAsync(request.RequestId, request.Count, context.CancellationToken);
        return new NearestResponse { Neighbours = { nearest.Select(n => new Neighbour { Distance = n.Distance, Explanation = n.Explanation.ToMessage(schema) }) } };
    }

    public override async Task<ListSnapshotsResponse> ListSnapshots(ListSnapshotsRequest request, ServerCallContext context)
    {
        var to = RequestTimes.Read(request.To, "to") ?? time.GetUtcNow();
        var from = RequestTimes.Read(request.From, "from") ?? to.AddDays(-DaysOfSnapshots);
        try
        {
            var sums = await snapshots.ReadAsync(from, to, context.CancellationToken);
            return new ListSnapshotsResponse { FeatureNames = { schema.Names }, Snapshots = { sums.Select(s => ToMessage(s.Key, s.Sum)) } };
        }
        catch (NpgsqlException fault)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"The explanation store is away: {fault.Message}"));
        }
    }

    public override async Task<NarrateResponse> Narrate(NarrateRequest request, ServerCallContext context)
    {
        var found = await lookup.FindAsync(request.RequestId, context.CancellationToken);
        return new NarrateResponse { Text = await narrator.TellAsync(found, context.CancellationToken), Narrator = narrator.Name };
    }

    public override Task<ExplainerStatus> GetStatus(GetExplainerStatusRequest request, ServerCallContext context) => Task.FromResult(status.Read());

    private async Task<ExplainedModel> ModelAsync(string version, ServerCallContext context)
    {
        version = version.Length > 0 ? version : shelf.Champion;
        if (version.Length == 0)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "No model is served yet."));
        }

        try
        {
            return await shelf.GetAsync(version, context.CancellationToken);
        }
        catch (ModelUnavailableException fault)
        {
            throw new RpcException(new Status(StatusCode.NotFound, fault.Message));
        }
    }

    private double[] Row(FeatureVector vector, string field) => vector.Values.Count == schema.Count
        ? [.. vector.Values]
        : throw InvalidArgument($"{field}.values has {vector.Values.Count} numbers; schema {schema.Version} has {schema.Count} features.");

    private static ShapSnapshot ToMessage(HourKey key, HourSum sum) => new()
    {
        Hour = Timestamp.FromDateTimeOffset(key.Hour),
        ModelVersion = key.ModelVersion,
        Mode = key.Mode,
        Count = (ulong)sum.Count,
        MeanBaseValue = sum.BaseValue / sum.Weight,
        MeanPrediction = sum.Prediction / sum.Weight,
        MeanMagnitude = sum.Magnitude / sum.Weight,
        ThrottledShare = sum.Throttled / sum.Weight,
        MeanShap = { sum.Shap.Select(s => s / sum.Weight) },
        MeanAbsShap = { sum.AbsShap.Select(s => s / sum.Weight) },
    };

    private static void CheckCount(int count, string field)
    {
        if (count is 0 or > MostRows)
        {
            throw InvalidArgument($"{field} has {count} entries; it must have 1..{MostRows}.");
        }
    }

    private static RpcException InvalidArgument(string message) => new(new Status(StatusCode.InvalidArgument, message));
}
