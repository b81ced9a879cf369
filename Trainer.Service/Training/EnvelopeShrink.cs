using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Draws a model towards its mean, just so far that its predictions are positive where no data is, too.</summary>
/// <remarks>Boosted trees add up: where several features are extreme at once, as no row was, the sum may fall below 0 although every
/// label is positive. With f the model, c its mean over the rows and m its least prediction over rows, edge cases and seeded mixtures of
/// rows, the result is c + s·(f − c) with the largest s ≤ 1 that keeps it at or over <see cref="FloorShare"/> of c. It is still a
/// sum of the same trees, so SHAP values stay exact; s is kept with the model's numbers.</remarks>
internal static class EnvelopeShrink
{
    private const double FloorShare = 0.02;
    private const int Mixtures = 4_000;
    private const int Seed = 42;

    /// <summary>The model, drawn in where needed.</summary>
    /// <param name="model">As it was trained.</param>
    /// <param name="rows">What it was trained on; at least one row.</param>
    /// <param name="count">Training rows, from the first.</param>
    /// <returns>The model and s; the same model and 1 where nothing needed to be done, or where its mean itself is not positive.</returns>
    public static (TreeEnsemble Model, double Share) Apply(TreeEnsemble model, MetricsRows rows, int count)
    {
        var predictor = Predictor.Compile(model);
        var (mean, least) = Look(predictor, rows, count);
        var floor = FloorShare * mean;
        if (least >= floor || !(mean > 0))
        {
            return (model, 1);
        }

        var share = (mean - floor) / (mean - least);
        var values = new double[model.LeafCount];
        var at = 0;
        for (var tree = 0; tree < model.TreeCount; tree++)
        {
            // The first tree takes the constant part, as it holds LightGBM's own start value.
            var constant = tree == 0 ? (1 - share) * mean : 0;
            foreach (var value in model.Trees[tree].LeafValues)
            {
                values[at++] = constant + share * value;
            }
        }

        return (model.WithLeafValues(values), share);
    }

    private static (double Mean, double Least) Look(Predictor predictor, MetricsRows rows, int count)
    {
        var features = new double[rows.Schema.Count];
        var (sum, least) = (0.0, double.PositiveInfinity);
        for (var row = 0; row < count; row++)
        {
            Fill(features, rows, _ => row);
            var prediction = predictor.Predict(features);
            sum += prediction;
            least = Math.Min(least, prediction);
        }

        foreach (var edge in EdgeCases.Fixed(rows.Schema))
        {
            least = Math.Min(least, predictor.Predict(edge));
        }

        // Each feature from a row of its own: combinations that did not occur but may.
        var random = new Random(Seed);
        for (var i = 0; i < Mixtures; i++)
        {
            Fill(features, rows, _ => random.Next(count));
            least = Math.Min(least, predictor.Predict(features));
        }

        return (sum / count, least);
    }

    private static void Fill(double[] features, MetricsRows rows, Func<int, int> rowOf)
    {
        for (var feature = 0; feature < features.Length; feature++)
        {
            features[feature] = rows.Features[feature][rowOf(feature)];
        }
    }
}
