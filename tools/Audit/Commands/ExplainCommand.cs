using System.CommandLine;
using System.Globalization;
using RateLimitSuite.Audit.Tables;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>explain</c>: SHAP or interaction values for each row of a file.</summary>
internal static class ExplainCommand
{
    private const string PathMode = "path";
    private const string InterventionalMode = "interventional";

    public static Command Create(Terminal terminal)
    {
        var model = ModelOption.Create();
        var rows = new Option<string>("--rows") { Description = "CSV of feature vectors, with or without a header; empty or NaN cells are missing.", Required = true };
        var mode = new Option<string>("--mode") { Description = "What stands in for an unknown feature: the training rows on the path, or a background.", Required = true };
        mode.AcceptOnlyFromAmong(PathMode, InterventionalMode);
        var background = new Option<string?>("--background") { Description = "CSV of background rows; needed for, and only used by, --mode interventional." };
        var interactions = new Option<bool>("--interactions") { Description = "Write features × features interaction values instead, row after row." };
        var output = new Option<string>("--out") { Description = "CSV to write: a column a feature, then the expected value, as LightGBM's contributions.", Required = true };
        var command = new Command("explain", "Splits the raw score of every row into SHAP values, exactly.") { model, rows, mode, background, interactions, output };
        command.Validators.Add(result =>
        {
            if (result.GetResult(mode) is { Tokens: [{ Value: var chosen }] } && (chosen == InterventionalMode) != (result.GetValue(background) is not null))
            {
                result.AddError("--background goes with --mode interventional, and only with it.");
            }
        });
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Run(
                ModelOption.Read(parsed.GetRequiredValue(model)), parsed.GetRequiredValue(rows), parsed.GetValue(background),
                parsed.GetValue(interactions), parsed.GetRequiredValue(output), terminal, cancellationToken),
            cancellationToken));
        return command;
    }

    private static int Run(
        TreeEnsemble ensemble, string rows, string? background, bool withInteractions, string output, Terminal terminal, CancellationToken cancellationToken)
    {
        using var input = FeatureRows.Open(rows, ensemble.FeatureNames);
        using var result = new ResultFile(output, Header(ensemble.FeatureNames, withInteractions));
        var explainer = terminal.WithProgress("build tables", Build);
        terminal.Note(Text("values", explainer.ValueTables));
        if (explainer.PairTables is { } pairs)
        {
            terminal.Note(Text("interactions", pairs));
        }

        terminal.WithProgress("explain", Explain);
        result.Complete();
        return AuditProgram.Passed;

        TreeExplainer Build(IProgress<double> progress)
        {
            var options = new TreeExplainerOptions { WithInteractions = withInteractions };
            return background is null
                ? TreeExplainer.PathDependent(ensemble, options, progress, cancellationToken)
                : TreeExplainer.Interventional(ensemble, FeatureRows.ReadAll(background, ensemble.FeatureNames), options, progress, cancellationToken);
        }

        void Explain(IProgress<double> progress)
        {
            var features = ensemble.FeatureCount;
            var values = new double[(withInteractions ? features * features : features) + 1];
            while (input.TryRead(out var row))
            {
                cancellationToken.ThrowIfCancellationRequested();
                values[^1] = withInteractions ? explainer.ExplainInteractions(row, values.AsSpan()[..^1]) : explainer.Explain(row, values.AsSpan()[..^1]);
                result.Write(values);
                progress.Report(input.Share);
            }
        }
    }

    private static string Text(string what, TableChoice choice) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {choice.Tables} tables, {choice.WholeTrees} of {choice.Trees} trees in one, {choice.ComputedLeaves} leaves computed each time, {choice.Bytes / 1e6:N1} MB.");

    private static IEnumerable<string> Header(IReadOnlyList<string> names, bool withInteractions) =>
        (withInteractions ? names.SelectMany(_ => names, (one, other) => $"{one}:{other}") : names).Append("expected_value");
}
