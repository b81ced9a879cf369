using System.CommandLine;
using RateLimitSuite.Audit.Reports;
using RateLimitSuite.Audit.Tables;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>shap-report</c>: why decisions were made, as pictures in a folder.</summary>
internal static class ShapReportCommand
{
    private const int MostShown = 200;
    private const int SwarmCount = 1_000;

    public static Command Create(Terminal terminal)
    {
        var database = DatabaseOption.Create();
        var requests = new Option<string[]>("--request") { Description = "Ids of requests to show; unset: a sample.", AllowMultipleArgumentsPerToken = true };
        var hours = new Option<double>("--hours") { Description = "How far back a sample reaches.", DefaultValueFactory = _ => 24 };
        var count = new Option<int>("--count") { Description = $"Requests in a sample, 1..{MostShown}.", DefaultValueFactory = _ => 10 };
        var seed = new Option<int>("--seed") { Description = "Seed of the sample.", DefaultValueFactory = _ => 42 };
        var output = new Option<string>("--out") { Description = "Folder to write.", DefaultValueFactory = _ => "shap_plots" };
        var command = new Command("shap-report", "Draws waterfalls of requests and a beeswarm of recent explanations: SVG, PNG and an index.")
        {
            database, requests, hours, count, seed, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = DatabaseOption.Open(parsed.GetValue(database)) ?? throw new UsageException("shap-report reads explanations: name --database.");
            var ids = parsed.GetValue(requests) ?? [];
            var wanted = parsed.GetValue(count);
            if (wanted is < 1 or > MostShown)
            {
                throw new UsageException($"--count is {wanted}; it must be 1..{MostShown}.");
            }

            var all = await StoredExplanations.SampleAsync(
                source, TimeSpan.FromHours(parsed.GetValue(hours)), SwarmCount, parsed.GetValue(seed), cancellationToken);
            var shown = ids.Length == 0 ? [.. all.Take(wanted)] : await StoredExplanations.OfRequestsAsync(source, ids, cancellationToken);
            if (ids.Except(shown.Select(e => e.RequestId)).ToArray() is { Length: > 0 } missing)
            {
                throw new UsageException($"no explanation is kept of {string.Join(", ", missing)}.");
            }

            if (shown.Count == 0)
            {
                throw new UsageException($"no decision of the last {parsed.GetValue(hours)} h is explained.");
            }

            var folder = parsed.GetRequiredValue(output);
            var png = await new ShapReport(folder, DeploymentSchema.Read()).WriteAsync(shown, all, cancellationToken);
            terminal.Note($"{shown.Count} waterfalls and a beeswarm in {Path.Combine(folder, "index.html")}{(png ? "" : "; no PNG: rsvg-convert is not installed")}.");
            return AuditProgram.Passed;
        });
        return command;
    }
}
