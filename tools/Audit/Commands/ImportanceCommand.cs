using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using RateLimitSuite.Audit.Tables;
using RateLimitSuite.TreeModel;
using Spectre.Console;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>importance</c>: permutation importance on live rows, compared with a baseline by shares.</summary>
internal static class ImportanceCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create(Terminal terminal)
    {
        var model = ModelOption.Create();
        var database = DatabaseOption.Create();
        var hours = new Option<double>("--hours") { Description = "How far back rows are read.", DefaultValueFactory = _ => 24 };
        var repeats = new Option<int>("--repeats") { Description = "Shuffles of each feature.", DefaultValueFactory = _ => 10 };
        var seed = new Option<int>("--seed") { Description = "Seed of the shuffles.", DefaultValueFactory = _ => 42 };
        var output = new Option<string>("--out") { Description = "JSON to write: {feature: mean growth of the error}.", DefaultValueFactory = _ => "feature_importance.json" };
        var baseline = new Option<string?>("--baseline") { Description = "Such a JSON; a feature whose share moved by more than --threshold fails." };
        var threshold = new Option<double>("--threshold") { Description = "Allowed move of a share, beside twice its standard error.", DefaultValueFactory = _ => 0.05 };
        var command = new Command("importance", "Tells on which features a model's predictions rest, on the rows of the last day.")
        {
            model, database, hours, repeats, seed, output, baseline, threshold,
        };
        hours.Validators.Add(result => Require(result, value => value > 0, "over 0"));
        repeats.Validators.Add(result => Require(result, value => value >= 1, "1 or more"));
        threshold.Validators.Add(result => Require(result, value => value >= 0, "0 or more"));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var ensemble = ModelOption.Read(parsed.GetRequiredValue(model));
            var before = parsed.GetValue(baseline) is { } path ? ReadBaseline(path) : null;
            await using var source = DatabaseOption.Open(parsed.GetValue(database)) ?? throw new UsageException("importance reads claw_metrics: name --database.");
            var (rows, labels) = await LabelledRows.ReadAsync(source, ensemble.FeatureNames, TimeSpan.FromHours(parsed.GetValue(hours)), cancellationToken);
            if (labels.Length == 0)
            {
                throw new UsageException($"claw_metrics has no labelled row of the last {parsed.GetValue(hours)} h.");
            }

            var importances = PermutationImportance.Compute(
                Predictor.Compile(ensemble), rows, labels, PermutationImportance.EachFeature(ensemble), parsed.GetValue(repeats), parsed.GetValue(seed), cancellationToken);
            await File.WriteAllTextAsync(
                parsed.GetRequiredValue(output), JsonSerializer.Serialize(importances.ToDictionary(i => i.Name, i => i.Mean), Indented), cancellationToken);
            return Report(importances, before, parsed.GetValue(threshold), parsed.GetValue(repeats), labels.Length, terminal);
        });
        return command;
    }

    // What is no number at all the parser refuses by itself.
    private static void Require(OptionResult result, Func<double, bool> holds, string range)
    {
        if (result.Tokens is [{ Value: var text }] && double.TryParse(text, CultureInfo.InvariantCulture, out var value) && !holds(value))
        {
            result.AddError($"{result.Option.Name} is {text}; it must be {range}.");
        }
    }

    private static int Report(
        IReadOnlyList<GroupImportance> importances, Dictionary<string, double>? before, double threshold, int repeats, int rows, Terminal terminal)
    {
        var table = new Table().AddColumns("feature", "growth of the error", "± sd", "share", "baseline", "result");
        var sum = PositiveSum(importances.Select(importance => importance.Mean));
        var beforeSum = PositiveSum(before is null ? [] : before.Values);
        var failed = false;
        foreach (var importance in importances)
        {
            var share = Math.Max(0, importance.Mean) / sum;
            double? was = before is null ? null : Math.Max(0, before.GetValueOrDefault(importance.Name)) / beforeSum;
            var moved = was is { } old && Math.Abs(share - old) > threshold + 2 * importance.StandardDeviation / Math.Sqrt(repeats) / sum;
            failed |= moved;
            table.AddRow(
                Markup.Escape(importance.Name), Text(importance.Mean), Text(importance.StandardDeviation), Percent(share), was is { } known ? Percent(known) : "",
                was is null ? "no baseline" : moved ? "MOVED" : "same");
        }

        terminal.Output.Write(table);
        terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{rows} rows, {repeats} shuffles of each feature."));
        return failed ? AuditProgram.Failed : AuditProgram.Passed;
    }

    private static Dictionary<string, double> ReadBaseline(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllBytes(path)) ?? throw new UsageException($"{path}: it holds null.");
        }
        catch (Exception fault) when (fault is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"{path}: it must be a JSON object of feature and number: {fault.Message}");
        }
    }

    private static double PositiveSum(IEnumerable<double> values) => Math.Max(double.Epsilon, values.Sum(value => Math.Max(0, value)));

    private static string Text(double number) => number.ToString("G4", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
}
