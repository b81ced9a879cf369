using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Tests.Fakes;

/// <summary>A trainer with a champion, a canary and a rejected candidate.</summary>
internal sealed class FakeTrainer : TrainerApi.TrainerApiBase
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    public PromoteRequest? Promoted { get; private set; }

    public RollbackRequest? RolledBack { get; private set; }

    public string? LastAuthorization { get; private set; }

    public override Task<TrainerStatus> GetStatus(GetTrainerStatusRequest request, ServerCallContext context) => Task.FromResult(new TrainerStatus
    {
        ChampionVersion = "m-20260301-120000-a1b2",
        ChallengerVersion = "m-20260301-143000-c3d4",
        ChallengerStage = "canary",
        CanaryShare = 0.25,
        Engine = "native",
        Profile = "local",
        RowsAvailable = 20_311,
        RowsNeeded = 1_000,
        Current = new TrainingProgress { Step = "canary", Fraction = 0.4, Message = "120 of 200 decisions at 25 %.", At = Timestamp.FromDateTimeOffset(_now) },
    });

    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) => Task.FromResult(new ListModelsResponse
    {
        Models =
        {
            Model("m-20260301-143000-c3d4", "canary", -2),
            Model("m-20260301-142000-eeee", "rejected", -10, "holdout: R 0.31 is over 0.15"),
            Model("m-20260301-120000-a1b2", "champion", -150),
        },
    });

    public override Task<GetHistoryResponse> GetHistory(GetHistoryRequest request, ServerCallContext context) => Task.FromResult(new GetHistoryResponse
    {
        ChainIntact = true,
        Entries =
        {
            new HistoryEntry { Number = 3, At = Timestamp.FromDateTimeOffset(_now.AddMinutes(-2)), Event = "canary", Version = "m-20260301-143000-c3d4", Actor = "trainer", Reason = "shadow passed" },
            new HistoryEntry { Number = 2, At = Timestamp.FromDateTimeOffset(_now.AddMinutes(-18)), Event = "promoted", Version = "m-20260301-120000-a1b2", Actor = "trainer", Reason = "drift" },
            new HistoryEntry { Number = 1, At = Timestamp.FromDateTimeOffset(_now.AddMinutes(-150)), Event = "registered", Version = "m-20260301-120000-a1b2", Actor = "trainer", Reason = "first" },
        },
    });

    public RetrainRequest? Retrained { get; private set; }

    /// <summary>Lets a training that was asked for come to its end.</summary>
    public TaskCompletionSource Trained { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task<CompareResponse> Compare(CompareRequest request, ServerCallContext context) => Task.FromResult(new CompareResponse
    {
        A = Model(request.VersionA, "champion", -150),
        B = Model(request.VersionB, "canary", -2),
        MaeDifference = -0.021,
        Lower = -0.034,
        Upper = -0.008,
        Rows = 4_120,
    });

    public override async Task Retrain(RetrainRequest request, IServerStreamWriter<TrainingProgress> responseStream, ServerCallContext context)
    {
        (Retrained, LastAuthorization) = (request, context.RequestHeaders.GetValue("authorization"));
        await responseStream.WriteAsync(new TrainingProgress { Step = "extract", Fraction = 0.5, Message = "20,311 rows" });
        await Trained.Task.WaitAsync(context.CancellationToken);
        await responseStream.WriteAsync(new TrainingProgress { Step = "rejected", Fraction = 1, Message = "holdout: R 0.2 is over 0.15" });
    }

    public override Task<ModelInfo> Promote(PromoteRequest request, ServerCallContext context)
    {
        (Promoted, LastAuthorization) = (request, context.RequestHeaders.GetValue("authorization"));
        return Task.FromResult(new ModelInfo { Version = request.Version, State = "champion" });
    }

    public override Task<ModelInfo> Rollback(RollbackRequest request, ServerCallContext context)
    {
        RolledBack = request;
        return Task.FromResult(new ModelInfo { Version = "m-former", State = "champion" });
    }

    private ModelInfo Model(string version, string state, int minutes, string rejected = "") => new()
    {
        Version = version,
        State = state,
        CreatedAt = Timestamp.FromDateTimeOffset(_now.AddMinutes(minutes)),
        Kind = "full",
        Reason = "drift",
        Rows = 12_000,
        Mae = 0.081,
        RidgeMae = 0.142,
        RejectedBecause = rejected,
        Share = state == "canary" ? 0.25 : 0,
        Gates =
        {
            new GateResult { Gate = "data", Passed = true, Message = "12,000 rows", NumbersJson = "{\"rows\":12000}" },
            new GateResult { Gate = "holdout", Passed = rejected.Length == 0, Message = rejected, NumbersJson = "{\"R\":0.081}" },
        },
    };
}
