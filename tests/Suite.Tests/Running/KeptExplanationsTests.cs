using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Suite.Tests.Running;

/// <summary>Explanations of a run's decisions: by the starter that was watched first, and by models that were trained on its traffic.</summary>
[Collection(RunningSuiteCollection.Name)]
public sealed class KeptExplanationsTests(RunningSuite suite)
{
    private const double Tolerance = 1e-9;
    private const int MostPages = 6;
    private const int Compared = 25;
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);

    [BrowserFact]
    public async Task Explanations_OfTheRun_AddUpToTheirPredictions()
    {
        await suite.FirstModelAsync();
        var kept = await Eventually.GetAsync<List<Explanation>>("explanations in the store", async () =>
            await QueryAsync(new() { PageSize = 500 }) is { Count: >= 500 } found ? found : null);

        Assert.All(kept, e => Assert.Equal(e.Prediction, e.BaseValue + e.Shap.Sum(), Tolerance * Math.Max(1, Math.Abs(e.Prediction))));
        Assert.All(kept, e => Assert.Equal(e.Mode == "interventional", e.BackgroundId.Length > 0));
    }

    [BrowserFact]
    public async Task Explanation_OfADecision_IsWhatAuditExplainGivesForItsRow()
    {
        await suite.FirstModelAsync();
        var first = (await suite.Trainer.GetHistoryAsync(new() { Limit = 1_000 }, suite.Call())).Entries.Where(e => e.Event == "shadow").MinBy(e => e.At)!;
        var version = first.Version;

        // The first explanations of a run have no background yet: what a file of the model is enough for.
        var kept = await Eventually.GetAsync<List<Explanation>>("the first explanations", async () =>
        {
            for (var from = first.At.ToDateTimeOffset(); from < TimeProvider.System.GetUtcNow(); from += Slice)
            {
                var found = await QueryAsync(new()
                {
                    ModelVersion = version, PageSize = 500, From = Timestamp.FromDateTimeOffset(from), To = Timestamp.FromDateTimeOffset(from + Slice),
                });
                if (found.Where(e => e.Mode == "path_dependent").Take(Compared).ToList() is { Count: > 0 } early)
                {
                    return early;
                }
            }

            return null;
        });
        var (model, rows, result) = (suite.NewFile(".txt"), suite.NewFile(".csv"), suite.NewFile(".csv"));
        var text = (await suite.Trainer.GetModelAsync(new() { Version = version, IncludeText = true }, suite.Call())).Text;
        await File.WriteAllBytesAsync(model, text.ToByteArray());
        await File.WriteAllLinesAsync(rows, kept.Select(e => string.Join(',', e.Features.Select(f => f.ToString("R", CultureInfo.InvariantCulture)))).Prepend(string.Join(',', FeatureSchema.V1.Names)));

        await RunningSuite.AuditAsync("explain", "--model", model, "--rows", rows, "--mode", "path", "--out", result);

        var audited = (await File.ReadAllLinesAsync(result)).Skip(1).Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToList();
        Assert.Equal(kept.Count, audited.Count);
        for (var i = 0; i < kept.Count; i++)
        {
            var looked = await suite.Explainer.GetExplanationAsync(new() { RequestId = kept[i].RequestId }, suite.Call());
            Assert.Equal([.. looked.Shap, looked.BaseValue], audited[i], (a, b) => Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Abs(b)));
        }
    }

    private async Task<List<Explanation>> QueryAsync(QueryExplanationsRequest question)
    {
        var found = new List<Explanation>();
        for (var i = 0; i < MostPages; i++)
        {
            var page = await suite.Explainer.QueryExplanationsAsync(question, suite.Call());
            found.AddRange(page.Explanations);
            question.PageToken = page.NextPageToken;
            if (question.PageToken.Length == 0)
            {
                break;
            }
        }

        return found;
    }
}
