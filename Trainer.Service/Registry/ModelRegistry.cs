using System.Security.Cryptography;
using Npgsql;
using RateLimitSuite.Registry;
using RateLimitSuite.Trainer.Gates;

namespace RateLimitSuite.Trainer.Registry;

/// <summary>The writing side of the model registry: every step from a candidate to the champion and back.</summary>
/// <remarks>Each method is one transaction under the serving row's lock and appends to the history; its event goes out after the
/// commit. A process killed anywhere leaves the state before or after a step, never between.</remarks>
internal sealed class ModelRegistry(NpgsqlDataSource database, IModelEvents events, TimeProvider time)
{
    /// <summary>The actor of what nobody asked for by hand.</summary>
    public const string Trainer = "trainer";

    private const int SaltBytes = 8;
    private const int RollbacksThatStop = 2;
    private static readonly TimeSpan RollbackMemory = TimeSpan.FromDays(1);

    /// <summary>What is served, with the state of trial and watch.</summary>
    public async Task<Serving> GetServingAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ServingReader.Sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ServingReader.ReadAsync(reader, cancellationToken);
    }

    /// <summary>Writes a model down, as candidate if every gate let it pass, else as rejected.</summary>
    public async Task<string> RegisterAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        await using var change = await RegistryTransaction.BeginAsync(database, time, cancellationToken);
        var rejected = candidate.RejectedBecause;
        await change.ExecuteAsync(
            """
            INSERT INTO registry_models (version, created_at, kind, engine, reason, state, parent_version, schema_hash, sha256, model_text, data_hash,
                                         row_count, parameters, metrics, mae, violation_rate, ridge_mae, rejected_because)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14::jsonb, $15, $16, $17, $18)
            """,
            cancellationToken, candidate.Version, candidate.CreatedAt.UtcDateTime, candidate.Kind, candidate.Engine, candidate.Reason,
            rejected.Length == 0 ? ModelStates.Candidate : ModelStates.Rejected, NullIfEmpty(candidate.ParentVersion), candidate.SchemaHash, candidate.Sha256,
            candidate.Text, candidate.DataHash, candidate.Rows, candidate.ParametersJson, candidate.MetricsJson, candidate.Mae, candidate.ViolationRate,
            candidate.RidgeMae, rejected);
        foreach (var gate in candidate.Gates)
        {
            await InsertGateAsync(change, candidate.Version, gate, cancellationToken);
        }

        foreach (var file in candidate.Files)
        {
            await change.ExecuteAsync(
                "INSERT INTO registry_files (version, name, sha256, bytes) VALUES ($1, $2, $3, $4)",
                cancellationToken, candidate.Version, file.Name, Convert.ToHexStringLower(SHA256.HashData(file.Bytes)), file.Bytes);
        }

        var (@event, reason) = rejected.Length == 0 ? (RegistryEvents.Registered, candidate.Reason) : (RegistryEvents.Rejected, rejected);
        await change.AppendAsync(@event, candidate.Version, Trainer, reason, cancellationToken);
        await FinishAsync(change, new(@event, candidate.Version, 0, candidate.ParentVersion, reason), cancellationToken);
        return candidate.Version;
    }

    /// <summary>Keeps what a gate said of a registered model.</summary>
    public async Task AddGateAsync(string version, GateOutcome gate, CancellationToken cancellationToken)
    {
        await using var change = await RegistryTransaction.BeginAsync(database, time, cancellationToken);
        await InsertGateAsync(change, version, gate, cancellationToken);
        await change.CommitAsync(cancellationToken);
    }

    /// <summary>Makes a candidate the challenger, predicting beside the champion. A starter makes room for it.</summary>
    /// <exception cref="RegistryConflictException">Another challenger is under trial, or the model is no candidate.</exception>
    public async Task StartShadowAsync(string version, CancellationToken cancellationToken, string reason = "offline gates passed")
    {
        await using var change = await RegistryTransaction.BeginAsync(database, time, cancellationToken);
        Require(change.Serving.UnderTrial.Length == 0, $"{change.Serving.Challenger} is challenger already.");
        if (change.Serving.ChallengerIsStarter)
        {
            await WithdrawAsync(change, change.Serving.Challenger, quarantine: false, Trainer, $"{version}, of this suite's own traffic, takes its place", cancellationToken);
        }

        var state = await change.GetStateAsync(version, cancellationToken);
        Require(state == ModelStates.Candidate, $"{version} is {state}; only a candidate goes into shadow.");
        await change.SetStateAsync(version, ModelStates.Shadow, cancellationToken);
        await change.ExecuteAsync(
            "UPDATE registry_serving SET challenger = $1, challenger_stage = 'shadow', challenger_share = 0, salt = $2, stage_since = $3",
            cancellationToken, version, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SaltBytes)), change.Now.UtcDateTime);
        await change.AppendAsync(RegistryEvents.Shadow, version, Trainer, reason, cancellationToken);
        await FinishAsync(change, new(RegistryEvents.Shadow, version, 0, change.Serving.Champion, reason), cancellationToken);
    }

    /// <summary>Lets the challenger govern a share of clients.</summary>
    /// <exception cref="RegistryConflictException">It is not the challenger any more.</exception>
    public async Task SetCanaryAsync(string version, double share, string reason, CancellationToken cancellationToken)
    {
        await using var change = await RegistryTransaction.BeginAsync(database, time, cancellationToken);
        RequireChallenger(change.Serving, version);
        await change.SetStateAsync(version, ModelStates.Canary, cancellationToken);
        await change.ExecuteAsync(
            "UPDATE registry_serving SET challenger_stage = 'canary', challenger_share = $1, stage_since = $2",
            cancellationToken, share, change.Now.UtcDateTime);
        await change.AppendAsync(RegistryEvents.Canary, version, Trainer, FormattableString.Invariant($"{share:P0}: {reason}"), cancellationToken);
        await FinishAsync(change, new(RegistryEvents.Canary, version, share, change.Serving.Champion, reason), cancellationToken);
    }

    /// <summary>Ends a trial without promotion.</summary>
    /// <param name="version">The challenger.</param>
    /// <param name="quarantine">True: it did harm; false: it is refused for another reason.</param>
    /// <param name="reason">In words.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    /// <exception cref="RegistryConflictException">It is not the challenger any more.</exception>
    public async Task WithdrawAsync(string version, bool quarantine, string reason, CancellationToken cancellationToken)
    {
        await using var change = await RegistryTransaction.BeginAsync(database, time, cancellationToken);
        RequireChallenger(change.Serving, version);
        await WithdrawAsync(change, version, quarantine, Trainer, reason, cancellationToken);
        await FinishAsync(
            change, new(quarantine ? RegistryEvents.Quarantined : RegistryEvents.Rejected, version, 0, change.Serving.Champion, reason), cancellationToken);
    }

    /// <summary>Makes a model champion. The former one is kept as the previous.</summary>
    /// <param name="version">Any registered model; a challenger other than it is withdrawn.</param>
    /// <param name="actor">A person's name ends a stop of promotions; <see cref="Trainer"/> is refused during one.</param>
    /// <param name="reason">In words.</param>
    /// <param name="watch">How long it may be taken back.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    /// <exception cref="RegistryConflictException">It is champion already, or promotions are stopped.</exception>
    public async Task PromoteAsync(string version, string actor, string reason, TimeSpan watch, CancellationToken cancellationToken)
    {
        await using var change = await RegistryTransaction.BeginAsync(database, time, cancellationToken);
        var before = change.Serving;
        await change.GetStateAsync(version, cancellationToken);
        Require(before.Champion != version, $"{version} is champion already.");
        Require(actor != Trainer || before.Challenger == version, $"{version} is not the challenger any more.");
        Require(actor != Trainer || !before.PromotionStopped, "promotions are stopped after two rollbacks in a day, until a person promotes one by hand.");
        if (before.Challenger.Length > 0 && before.Challenger != version)
        {
            await WithdrawAsync(change, before.Challenger, quarantine: false, actor, $"overtaken by the promotion of {version}", cancellationToken);
        }

        if (before.Previous != version)
        {
            await change.SetStateAsync(before.Previous, ModelStates.Retired, cancellationToken);
        }

        await change.SetStateAsync(before.Champion, ModelStates.Previous, cancellationToken);
        await change.SetStateAsync(version, ModelStates.Champion, cancellationToken);
        await change.ExecuteAsync(
            """
            UPDATE registry_serving SET champion = $1, previous = $2, challenger = NULL, challenger_stage = '', challenger_share = 0, stage_since = NULL,
                                        promoted_at = $3, watch_until = $4, promotion_stopped = false
            """,
            cancellationToken, version, NullIfEmpty(before.Champion), change.Now.UtcDateTime, (change.Now + watch).UtcDateTime);
        await change.AppendAsync(RegistryEvents.Promoted, version, actor, reason, cancellationToken);
        await FinishAsync(change, new(RegistryEvents.Promoted, version, 1, before.Champion, reason), cancellationToken);
    }

    /// <summary>Takes the champion back.</summary>
    /// <param name="expected">The version to take back; empty: whichever is champion.</param>
    /// <param name="target">The version to return to; empty: the previous champion, or no model where there was none.</param>
    /// <param name="actor">A person's name, or <see cref="Trainer"/>, which quarantines the version as well.</param>
    /// <param name="reason">In words.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    /// <exception cref="RegistryConflictException">Another model is champion, or there is nothing to take back.</exception>
    public async Task RollbackAsync(string expected, string target, string actor, string reason, CancellationToken cancellationToken)
    {
        await using var change = await RegistryTransaction.BeginAsync(database, time, cancellationToken);
        var before = change.Serving;
        var returns = target.Length > 0 ? target : before.Previous;
        Require(before.HasChampion, "there is no champion to take back.");
        Require(actor == Trainer || returns.Length > 0, "there is no former champion to return to.");
        Require(expected.Length == 0 || expected == before.Champion, $"{expected} is not champion any more.");
        Require(returns != before.Champion, $"{returns} is champion already.");
        if (returns.Length > 0)
        {
            await change.GetStateAsync(returns, cancellationToken);
        }

        await DropChampionAsync(change, returns, actor, reason, cancellationToken);
        var automatic = actor == Trainer;
        if (automatic)
        {
            await change.AppendAsync(RegistryEvents.Quarantined, before.Champion, actor, reason, cancellationToken);
        }

        var stopped = automatic && await change.CountAsync(RegistryEvents.RolledBack, Trainer, change.Now - RollbackMemory, cancellationToken) >= RollbacksThatStop;
        await change.ExecuteAsync(
            """
            UPDATE registry_serving SET champion = $1, previous = NULL, challenger = NULL, challenger_stage = '', challenger_share = 0, stage_since = NULL,
                                        promoted_at = $2, watch_until = NULL, promotion_stopped = promotion_stopped OR $3
            """,
            cancellationToken, NullIfEmpty(returns), change.Now.UtcDateTime, stopped);
        await FinishAsync(change, new(RegistryEvents.RolledBack, before.Champion, 0, returns, reason), cancellationToken);
    }

    /// <summary>Ends the watch over a champion that stood it.</summary>
    public async Task EndWatchAsync(string version, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE registry_serving SET watch_until = NULL WHERE champion = $1");
        command.Parameters.AddWithValue(version);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task DropChampionAsync(RegistryTransaction change, string returns, string actor, string reason, CancellationToken cancellationToken)
    {
        var before = change.Serving;
        if (before.Challenger.Length > 0)
        {
            await WithdrawAsync(change, before.Challenger, quarantine: false, actor, "its champion was taken back", cancellationToken);
        }

        if (before.Previous != returns)
        {
            await change.SetStateAsync(before.Previous, ModelStates.Retired, cancellationToken);
        }

        await change.SetStateAsync(before.Champion, actor == Trainer ? ModelStates.Quarantined : ModelStates.Retired, cancellationToken, reason);
        await change.SetStateAsync(returns, ModelStates.Champion, cancellationToken);
        await change.AppendAsync(
            RegistryEvents.RolledBack, before.Champion, actor, $"{reason} (back to {(returns.Length > 0 ? returns : "no model")})", cancellationToken);
    }

    private static async Task WithdrawAsync(
        RegistryTransaction change, string version, bool quarantine, string actor, string reason, CancellationToken cancellationToken)
    {
        await change.SetStateAsync(version, quarantine ? ModelStates.Quarantined : ModelStates.Rejected, cancellationToken, reason);
        await change.ExecuteAsync(
            "UPDATE registry_serving SET challenger = NULL, challenger_stage = '', challenger_share = 0, stage_since = NULL", cancellationToken);
        await change.AppendAsync(quarantine ? RegistryEvents.Quarantined : RegistryEvents.Rejected, version, actor, reason, cancellationToken);
    }

    private static Task InsertGateAsync(RegistryTransaction change, string version, GateOutcome gate, CancellationToken cancellationToken) =>
        change.ExecuteAsync(
            """
            INSERT INTO registry_gates (version, number, gate, passed, numbers, message, checked_at)
            SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4::jsonb, $5, $6 FROM registry_gates WHERE version = $1
            """,
            cancellationToken, version, gate.Gate, gate.Passed, gate.NumbersJson, gate.Message, change.Now.UtcDateTime);

    private async Task FinishAsync(RegistryTransaction change, ModelChange what, CancellationToken cancellationToken)
    {
        await change.CommitAsync(cancellationToken);
        events.Publish(what, change.Now);
    }

    private static void RequireChallenger(Serving serving, string version) =>
        Require(serving.Challenger == version, $"{version} is not the challenger any more.");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RegistryConflictException(otherwise);
        }
    }

    private static string? NullIfEmpty(string version) => version.Length == 0 ? null : version;
}
