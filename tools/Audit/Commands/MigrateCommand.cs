using System.CommandLine;
using System.Reflection;
using Npgsql;
using RateLimitSuite.ServiceDefaults;
using Spectre.Console;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>migrate</c>: every owner's tables, as a step of a deployment; services then start with <c>Database:Migrate=false</c>.</summary>
internal static class MigrateCommand
{
    // Who owns tables, and the assembly that holds the scripts.
    private static readonly (string Owner, string Assembly)[] Owners =
    [
        ("limiter", "Limiter.Service"), ("explainer", "Explainer.Service"), ("driftmonitor", "DriftMonitor.Service"), ("trainer", "RateLimitSuite.Trainer"),
    ];

    public static Command Create(Terminal terminal)
    {
        var database = DatabaseOption.Create();
        var check = new Option<bool>("--check") { Description = "Apply nothing; fail where a script is missing or was changed." };
        var command = new Command("migrate", "Brings the tables of all services up to this version's.") { database, check };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(database), parsed.GetValue(check), terminal, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? connectionString, bool onlyCheck, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var source = DatabaseOption.Open(connectionString) ?? throw new UsageException("migrate needs the database: name --database.");
        var table = new Table().AddColumns("owner", "result");
        var failed = false;
        foreach (var (owner, assembly) in Owners)
        {
            try
            {
                table.AddRow(owner, await MigrateAsync(source, Assembly.Load(assembly), owner, onlyCheck, cancellationToken));
            }
            catch (Exception fault) when (fault is InvalidOperationException or PostgresException)
            {
                failed = true;
                table.AddRow(owner, $"FAILED: {Markup.Escape(fault.Message)}");
            }
        }

        terminal.Output.Write(table);
        return failed ? AuditProgram.Failed : AuditProgram.Passed;
    }

    private static async Task<string> MigrateAsync(NpgsqlDataSource source, Assembly scripts, string owner, bool onlyCheck, CancellationToken cancellationToken)
    {
        if (onlyCheck)
        {
            await SuiteMigrations.VerifyAsync(source, scripts, owner, cancellationToken);
            return "up to date";
        }

        var applied = await SuiteMigrations.RunAsync(source, scripts, owner, cancellationToken);
        return applied == 0 ? "up to date" : $"{applied} applied";
    }
}
