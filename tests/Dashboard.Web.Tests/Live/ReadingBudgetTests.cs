using RateLimitSuite.Dashboard.Live;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Dashboard.Tests.Live;

public sealed class ReadingBudgetTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Admits_HalfOfTheWindowSpent_RefusesUntilTheNextOne()
    {
        var budget = new ReadingBudget(_time);
        var read = 0;
        for (var i = 0; i < 100 && budget.Admits(); i++)
        {
            read++;
            budget.Spend(TimeSpan.FromMilliseconds(5));
        }

        Assert.Equal(5, read);   // 25 of 50 ms
        Assert.False(budget.Admits());
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.True(budget.Admits());
    }

    [Fact]
    public void Admits_OneRecordTakesLongerThanAWindow_ReadsOneInEach()
    {
        var budget = new ReadingBudget(_time);
        for (var window = 0; window < 3; window++)
        {
            Assert.True(budget.Admits());
            budget.Spend(TimeSpan.FromSeconds(1));
            Assert.False(budget.Admits());
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    [Fact]
    public void Skip_Record_IsCountedAsReceived()
    {
        var window = new ShapWindow(_time);
        window.Skip();

        var view = window.Read();

        Assert.Equal((1, 1, 0), (view.Received, view.Skipped, view.Newest.Count));
    }
}
