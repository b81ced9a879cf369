using Microsoft.Playwright;
using RateLimitSuite.Charts;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Suite.Tests.Running;

[Collection(RunningSuiteCollection.Name)]
public sealed class ExplanationPageTests(RunningSuite suite)
{
    [BrowserFact]
    public async Task Decision_LookedUpByItsRequestId_HasAWaterfallThatAgreesWithTheExplainer()
    {
        await suite.FirstModelAsync();
        var requestId = Guid.CreateVersion7().ToString();
        var decision = await suite.DecideAsync("curious-client", "192.0.2.7", reputation: 0.35, requestId);
        var explanation = await suite.ExplainedAsync(requestId);

        var page = await suite.OpenAsync("explanations");
        await page.GetByLabel("Request id").FillAsync(requestId);
        await page.GetByRole(AriaRole.Button, new() { Name = "Look up" }).ClickAsync();

        await Expect(page.Locator("#sentence")).ToHaveTextAsync(explanation.Sentence);
        var waterfall = page.Locator("figure svg").First;
        await Expect(waterfall).ToContainTextAsync("ip_reputation = 0.35");
        var told = await waterfall.Locator("desc").TextContentAsync();
        Assert.Contains($"From the base value {NumberText.Compact(explanation.BaseValue)} tokens/s", told, StringComparison.Ordinal);
        Assert.Contains($"to the prediction {NumberText.Compact(explanation.Prediction)} tokens/s", told, StringComparison.Ordinal);
        for (var i = 0; i < explanation.FeatureNames.Count; i++)
        {
            var (name, share) = (explanation.FeatureNames[i], NumberText.WithSign(explanation.Shap[i]));
            Assert.Contains($"{name} {share}", told, StringComparison.Ordinal);
            await Expect(page.Locator("#numbers tr", new() { HasText = name }).Locator("td").Last).ToHaveTextAsync(share);
        }

        // What was decided is what is explained, and its parts add up to it.
        Assert.Equal((decision.ModelVersion, decision.Prediction), (explanation.ModelVersion, explanation.Prediction));
        Assert.Equal(explanation.Prediction, explanation.BaseValue + explanation.Shap.Sum(), 1e-9 * Math.Max(1, Math.Abs(explanation.Prediction)));
        await page.CloseAsync();
    }
}
