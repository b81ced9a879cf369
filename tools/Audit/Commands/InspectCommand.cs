using System.CommandLine;
using System.Globalization;
using RateLimitSuite.TreeModel;
using Spectre.Console;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>inspect</c>: what a model is, without any data.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelOption.Create();
        var command = new Command("inspect", "Tells a model's size, bounds, features and their importance in training.") { model };
        command.SetAction(parsed => Run(ModelOption.Read(parsed.GetRequiredValue(model)), terminal));
        return command;
    }

    private static int Run(TreeEnsemble ensemble, Terminal terminal)
    {
        var facts = new Table().AddColumns("model", "");
        facts.AddRow("objective", Markup.Escape(ensemble.Objective.Name));
        facts.AddRow("link", ensemble.Objective.Link.ToString());
        facts.AddRow("trees", Text(ensemble.TreeCount) + (ensemble.AveragesTrees ? ", averaged" : ""));
        facts.AddRow("leaves", Text(ensemble.LeafCount));
        facts.AddRow("prediction at least", Text(ensemble.MinPrediction));
        facts.AddRow("prediction at most", Text(ensemble.MaxPrediction));
        facts.AddRow("counts for path-dependent SHAP", ensemble.HasCovers ? "yes" : "no");
        facts.AddRow("bytes compiled", Text(Predictor.Compile(ensemble).TableBytes));
        terminal.Output.Write(facts);

        var (counts, gains) = (SplitImportance.Counts(ensemble), SplitImportance.Gains(ensemble));
        var features = new Table().AddColumns("#", "feature", "splits", "gain", "share of gain");
        for (var feature = 0; feature < ensemble.FeatureCount; feature++)
        {
            features.AddRow(
                Text(feature), Markup.Escape(ensemble.FeatureNames[feature]), Text(counts[feature]), Text(gains[feature]),
                (gains[feature] / Math.Max(gains.Sum(), double.Epsilon)).ToString("P1", CultureInfo.InvariantCulture));
        }

        terminal.Output.Write(features);
        return AuditProgram.Passed;
    }

    private static string Text(double number) => number.ToString("N0", CultureInfo.InvariantCulture) is var whole && number == Math.Floor(number)
        ? whole
        : number.ToString("G6", CultureInfo.InvariantCulture);
}
