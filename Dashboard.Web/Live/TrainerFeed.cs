using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Asks the trainer what it is at, which models there are and who served when.</summary>
internal sealed class TrainerFeed(TrainerApi.TrainerApiClient trainer, SuiteState state, TimeProvider time, ILogger<TrainerFeed> logger)
    : Feed("trainer", TimeSpan.FromSeconds(2), time, logger)
{
    private const int MostModels = 50;
    private const int MostHistory = 100;

    protected override async Task AskAsync(CancellationToken cancellationToken)
    {
        var status = await trainer.GetStatusAsync(new GetTrainerStatusRequest(), deadline: Deadline, cancellationToken: cancellationToken);
        var models = await trainer.ListModelsAsync(new ListModelsRequest { Limit = MostModels }, deadline: Deadline, cancellationToken: cancellationToken);
        var history = await trainer.GetHistoryAsync(new GetHistoryRequest { Limit = MostHistory }, deadline: Deadline, cancellationToken: cancellationToken);
        state.Trainer.Set(new TrainerView(status, models.Models, history.Entries, history.ChainIntact));
    }

    protected override void Fail(Exception cause) => state.Trainer.Fail(cause);
}
