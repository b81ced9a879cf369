using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using RateLimitSuite.Audit.Tables;
using Spectre.Console;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>fairness</c>: whether some groups of clients are throttled wrongly more often than others.</summary>
internal static class FairnessCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create(Terminal terminal)
    {
        var database = DatabaseOption.Create();
        var hours = new Option<double>("--hours") { Description = "How far back rows are read.", DefaultValueFactory = _ => 24 };
        var least = new Option<long>("--least") { Description = "Decisions below which a group is shown and not judged.", DefaultValueFactory = _ => 500 };
        var limit = new Option<double?>("--limit") { Description = "Fail where a group's rate is surely more than this above everybody's, such as 0.01; unset: only report." };
        var output = new Option<string?>("--out") { Description = "JSON to write." };
        var command = new Command("fairness", "Violation rate by tier (policy), risk band and subnet.") { database, hours, least, limit, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = DatabaseOption.Open(parsed.GetValue(database)) ?? throw new UsageException("fairness reads claw_metrics: name --database.");
            IReadOnlyList<GroupRate> groups;
            try
            {
                groups = await GroupRates.ReadAsync(source, TimeSpan.FromHours(parsed.GetValue(hours)), cancellationToken);
            }
            catch (NpgsqlException fault)
            {
                throw new UsageException($"claw_metrics cannot be read: {fault.Message}");
            }

            if (groups.Count == 0)
            {
                throw new UsageException($"claw_metrics has no row of the last {parsed.GetValue(hours)} h.");
            }

            if (parsed.GetValue(output) is { } path)
            {
                await File.WriteAllTextAsync(path, JsonSerializer.Serialize(groups, Indented), cancellationToken);
            }

            return Report(groups, parsed.GetValue(least), parsed.GetValue(limit), terminal);
        });
        return command;
    }

    private static int Report(IReadOnlyList<GroupRate> groups, long least, double? limit, Terminal terminal)
    {
        var everybody = groups.Single(group => group.Dimension == GroupRates.Everybody);
        var table = new Table().AddColumns("by", "group", "decisions", "wrongly throttled", "rate", "at least", "result");
        var failed = false;
        foreach (var group in groups)
        {
            var judged = group.Dimension != GroupRates.Everybody && group.Decisions >= least;
            var worse = judged && limit is { } most && group.Lower > everybody.Rate + most;
            failed |= worse;
            table.AddRow(
                group.Dimension, Markup.Escape(group.Group), group.Decisions.ToString(CultureInfo.InvariantCulture), group.WronglyThrottled.ToString(CultureInfo.InvariantCulture),
                Percent(group.Rate), Percent(group.Lower), worse ? "WORSE" : judged && limit is not null ? "fair" : judged ? "" : group.Dimension == GroupRates.Everybody ? "" : "too few");
        }

        terminal.Output.Write(table);
        return failed ? AuditProgram.Failed : AuditProgram.Passed;
    }

    private static string Percent(double rate) => rate.ToString("P2", CultureInfo.InvariantCulture);
}
