using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Explainer.Tests.Explanations;

public sealed class ExplanationBudgetTests
{
    [Fact]
    public void Admit_DemandWithinTheBudget_ExplainsEverything()
    {
        var time = new ManualTimeProvider();
        var budget = new ExplanationBudget(0.5, time, new Random(1));
        Assert.True(Offer(budget, time, seconds: 3, perSecond: 1_000, cost: TimeSpan.FromMicroseconds(100)).All(admitted => admitted));
        Assert.Equal(1, budget.Probability);
    }

    [Fact]
    public void Admit_DemandFourTimesTheBudget_SamplesAQuarter()
    {
        var time = new ManualTimeProvider();
        var budget = new ExplanationBudget(0.5, time, new Random(1));
        // 20,000/s × 100 µs = 2 s of work each second against 0.5 s.
        var admitted = Offer(budget, time, seconds: 4, perSecond: 20_000, cost: TimeSpan.FromMicroseconds(100)).Skip(60_000).ToList();
        Assert.Equal(0.25, budget.Probability, 0.01);
        Assert.Equal(0.25, admitted.Count(a => a) / (double)admitted.Count, 0.02);
    }

    private static List<bool> Offer(ExplanationBudget budget, ManualTimeProvider time, int seconds, int perSecond, TimeSpan cost)
    {
        var results = new List<bool>(seconds * perSecond);
        for (var i = 0; i < seconds * perSecond; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1) / perSecond);
            results.Add(budget.Admit());
            budget.Spent(cost);
        }

        return results;
    }
}
