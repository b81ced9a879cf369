using System.CommandLine;
using System.Security.Cryptography;
using Npgsql;
using RateLimitSuite.Audit.Tables;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Registry;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>model push</c> and <c>model pull</c>: models between files and the registry, always by their hash.</summary>
internal static class ModelCommand
{
    public static Command Create(Terminal terminal) => new("model", "Brings models into the registry and out of it.") { Push(terminal), Pull(terminal) };

    private static Command Push(Terminal terminal)
    {
        var model = ModelOption.Create();
        var database = DatabaseOption.Create();
        var sha256 = new Option<string?>("--sha256") { Description = "What the file's SHA-256 must be." };
        var reason = new Option<string>("--reason") { Description = "Why, for the history.", Required = true };
        var command = new Command("push", "Registers a model as a candidate, which serves nobody before it is promoted; prints its version.") { model, database, sha256, reason };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(model);
            var ensemble = ModelOption.Read(path);
            var schema = DeploymentSchema.Read();
            if (!ensemble.FeatureNames.SequenceEqual(schema.Names))
            {
                throw new UsageException($"{path}: its features are not those of schema {schema.Version}: {string.Join(", ", schema.Names)}.");
            }

            var text = await File.ReadAllBytesAsync(path, cancellationToken);
            Verify(path, Convert.ToHexStringLower(SHA256.HashData(text)), parsed.GetValue(sha256));
            await using var source = DatabaseOption.Open(parsed.GetValue(database)) ?? throw new UsageException("model push writes the registry: name --database.");
            var registry = new ModelRegistry(source, new PolledEvents(), TimeProvider.System);
            var version = await AskAsync(() => registry.RegisterAsync(
                new Candidate
                {
                    Text = text,
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                    Kind = ModelKinds.Full,
                    Engine = "pushed",
                    Reason = parsed.GetRequiredValue(reason),
                    SchemaHash = schema.Hash,
                    DataHash = "",
                    Rows = 0,
                    ParametersJson = "{}",
                    MetricsJson = "{}",
                    Gates = [GateOutcome.Of("pushed", true, new Numbers(), "brought in by hand: what it was trained on is not known here")],
                },
                cancellationToken));
            terminal.Print(version);
            return AuditProgram.Passed;
        });
        return command;
    }

    private static Command Pull(Terminal terminal)
    {
        var database = DatabaseOption.Create();
        var version = new Option<string?>("--version") { Description = "Which; unset: the champion." };
        var sha256 = new Option<string?>("--sha256") { Description = "What its SHA-256 must be, beside what the registry says." };
        var output = new Option<string>("--out") { Description = "The file to write.", DefaultValueFactory = _ => "model.txt" };
        var command = new Command("pull", "Writes a model's text to a file, verified by the registry's hash.") { database, version, sha256, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = DatabaseOption.Open(parsed.GetValue(database)) ?? throw new UsageException("model pull reads the registry: name --database.");
            var registry = new ModelRegistryReader(source);
            var wanted = parsed.GetValue(version) ?? (await AskAsync(() => registry.GetServedAsync(cancellationToken))).Champion?.Version
                ?? throw new UsageException("the registry has no champion.");
            var text = await AskAsync(() => registry.GetTextAsync(wanted, cancellationToken));
            var hash = Convert.ToHexStringLower(SHA256.HashData(text));
            Verify(wanted, hash, parsed.GetValue(sha256));
            await File.WriteAllBytesAsync(parsed.GetRequiredValue(output), text, cancellationToken);
            terminal.Print($"{wanted} {hash}");
            return AuditProgram.Passed;
        });
        return command;
    }

    private static void Verify(string what, string actual, string? expected)
    {
        if (expected is not null && !string.Equals(expected, actual, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{what}: its SHA-256 is {actual}, not {expected}.");
        }
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (Exception fault) when (fault is NpgsqlException or KeyNotFoundException or ModelIntegrityException)
        {
            throw new UsageException($"the registry: {fault.Message}");
        }
    }

    // Readers poll the registry every few seconds, so no broker is needed for them to learn of it.
    private sealed class PolledEvents : IModelEvents
    {
        public void Publish(ModelChange change, DateTimeOffset at)
        {
        }
    }
}
