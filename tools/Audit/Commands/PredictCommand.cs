using System.CommandLine;
using RateLimitSuite.Audit.Tables;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>predict</c>: a prediction for each row of a file.</summary>
internal static class PredictCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelOption.Create();
        var rows = new Option<string>("--rows") { Description = "CSV of feature vectors, with or without a header; empty or NaN cells are missing.", Required = true };
        var output = new Option<string>("--out") { Description = "CSV to write: a column 'pred'.", Required = true };
        var command = new Command("predict", "Predicts every row of a file.") { model, rows, output };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(rows), parsed.GetRequiredValue(output), terminal, cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(string model, string rows, string output, Terminal terminal, CancellationToken cancellationToken)
    {
        var ensemble = ModelOption.Read(model);
        var predictor = Predictor.Compile(ensemble);
        using var input = FeatureRows.Open(rows, ensemble.FeatureNames);
        using var result = new ResultFile(output, ["pred"]);
        terminal.WithProgress("predict", progress =>
        {
            while (input.TryRead(out var features))
            {
                cancellationToken.ThrowIfCancellationRequested();
                result.Write([predictor.Predict(features)]);
                progress.Report(input.Share);
            }
        });
        result.Complete();
        return AuditProgram.Passed;
    }
}
