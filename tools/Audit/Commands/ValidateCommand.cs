using System.CommandLine;
using System.Globalization;
using RateLimitSuite.Audit.Tables;
using RateLimitSuite.Contracts;
using RateLimitSuite.TreeModel;
using Spectre.Console;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>validate</c>: whether a model's predictions stay inside the envelope.</summary>
internal static class ValidateCommand
{
    private const int InsideCount = 10_000;

    public static Command Create(Terminal terminal)
    {
        var model = ModelOption.Create();
        var least = new Option<double>("--min") { Description = "Every prediction must be over this, tokens/s.", DefaultValueFactory = _ => 0 };
        var most = new Option<double>("--max") { Description = "Every prediction must be under this, tokens/s.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<int>("--seed") { Description = "Seed of the random vectors.", DefaultValueFactory = _ => 42 };
        var strict = new Option<bool>("--strict") { Description = "Fail on every check and without the proof; else only the fixed edge cases decide, as serving clamps." };
        var command = new Command("validate", "Checks edge cases, corners, random and broken vectors, and proves bounds by the leaves.") { model, least, most, seed, strict };
        command.SetAction(parsed => Run(
            ModelOption.Read(parsed.GetRequiredValue(model)), parsed.GetValue(least), parsed.GetValue(most), parsed.GetValue(seed), parsed.GetValue(strict), terminal));
        return command;
    }

    private static int Run(TreeEnsemble ensemble, double least, double most, int seed, bool strict, Terminal terminal)
    {
        var schema = DeploymentSchema.Read();
        if (!ensemble.FeatureNames.SequenceEqual(schema.Names))
        {
            throw new UsageException(
                $"the model's features are {string.Join(", ", ensemble.FeatureNames)}; schema {schema.Version} ({schema.Hash}) has {string.Join(", ", schema.Names)}.");
        }

        var predictor = Predictor.Compile(ensemble);
        var table = new Table().AddColumns("check", "vectors", "outside", "least", "greatest", "result");
        var edges = Check("edge cases", EdgeCases.Fixed(schema), decides: true);
        var others = Check("corners", EdgeCases.Corners(schema), strict) & Check("random", EdgeCases.Inside(schema, InsideCount, seed), strict)
            & Check("NaN and ∞", EdgeCases.NotFinite(schema), strict);
        var proven = ensemble.MinPrediction > least && ensemble.MaxPrediction < most;
        table.AddRow("leaf sums", "all", proven ? "0" : "?", Text(ensemble.MinPrediction), Text(ensemble.MaxPrediction), proven ? "proven" : strict ? "FAILED" : "not proven: serving must clamp");
        terminal.Output.Write(table);
        return edges && (!strict || (others && proven)) ? AuditProgram.Passed : AuditProgram.Failed;

        bool Check(string name, IEnumerable<double[]> vectors, bool decides)
        {
            double[] predictions = [.. vectors.Select(features => predictor.Predict(features))];
            var outside = predictions.Count(prediction => !(prediction > least && prediction < most));
            table.AddRow(
                name, Text(predictions.Length), Text(outside), Text(predictions.Min()), Text(predictions.Max()),
                outside == 0 ? "passed" : decides ? "FAILED" : "serving clamps");
            return outside == 0;
        }
    }

    private static string Text(double number) => number.ToString("G6", CultureInfo.InvariantCulture);
}
