using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Trainer.Promotion;

/// <summary>Asks DriftMonitor, which joins decisions with their outcomes.</summary>
internal sealed partial class DriftMonitorEvidence(
    DriftMonitorApi.DriftMonitorApiClient driftMonitor, TimeProvider time, ILogger<DriftMonitorEvidence> logger) : IArmEvidenceSource
{
    private const int MostBlocks = 1_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);
    private bool _away;

    public async Task<Arms?> GetAsync(DateTimeOffset from, DateTimeOffset to, TimeSpan block, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ArmStatisticsRequest { From = Timestamp.FromDateTimeOffset(from), To = Timestamp.FromDateTimeOffset(to) };
            if ((to - from) / block <= MostBlocks)
            {
                request.Block = Duration.FromTimeSpan(block);
            }

            var answer = await driftMonitor.GetArmStatisticsAsync(
                request, deadline: time.GetUtcNow().UtcDateTime + Deadline, cancellationToken: cancellationToken);
            Log(away: false, null);
            return new(answer.Arms.GroupBy(arm => (arm.Arm, arm.ModelVersion)).ToDictionary(group => group.Key, group => ToEvidence(group.First())));
        }
        catch (RpcException fault) when (cancellationToken.IsCancellationRequested)
        {
            // gRPC has a status for what everything else here throws.
            throw new OperationCanceledException(fault.Message, fault, cancellationToken);
        }
        catch (RpcException fault)
        {
            Log(away: true, fault);
            return null;
        }
    }

    private static ArmEvidence ToEvidence(ArmStatistics arm) => new(
        (long)arm.Decisions, (long)arm.Denied, (long)arm.WronglyThrottled, (long)arm.OverAdmitted, (long)arm.Rows, arm.Mae, arm.LatencyP99S,
        arm.FailureShare, arm.ClampShare)
    {
        Blocks = [.. arm.Blocks.Select(ToBlock)],
    };

    private static EvidenceBlock ToBlock(ArmBlock block) => new(
        (long)block.Decisions, (long)block.WronglyThrottled, block.OverAdmitted, (long)block.Reported, (long)block.Failures, block.LatencyP99S);

    private void Log(bool away, Exception? fault)
    {
        if (away && !_away)
        {
            LogAway(fault!);
        }
        else if (!away && _away)
        {
            LogBack();
        }

        _away = away;
    }

    [LoggerMessage(LogLevel.Warning, "DriftMonitor gives no evidence; trials hold until it does.")]
    private partial void LogAway(Exception fault);

    [LoggerMessage(LogLevel.Information, "DriftMonitor gives evidence again.")]
    private partial void LogBack();
}
