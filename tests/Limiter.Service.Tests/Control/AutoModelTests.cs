using System.Text;
using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Limiter.Tests.Control;

public class AutoModelTests
{
    private static readonly ArmComparison Worse = new(90, 10, 0.4, 0.1, 1 / 3000.0);
    private static readonly ArmComparison Same = new(90, 10, 0.1, 0.1, 0.5);
    private static readonly ArmComparison Doubtful = new(90, 10, 0.15, 0.1, 0.05);
    private static readonly ArmComparison ATrifle = new(90_000, 10_000, 0.105, 0.1, 0.0001);
    private static readonly ArmComparison Nobody = new(90, 0, 0.4, 0, 1);

    private readonly AutoModel _auto = new();
    private TimeSpan _now;

    [Fact]
    public void Judge_ThreeWorseBlocksInARow_WithdrawsTheModel()
    {
        Blocks(Worse, Worse, Same, Worse, Worse);
        Assert.Equal(AutoState.On, _auto.State);

        Blocks(Worse);

        Assert.Equal((AutoState.Shadow, 1), (_auto.State, _auto.Withdrawn));
        Assert.False(_auto.Governs("a"u8, 0.5));
    }

    [Fact]
    public void Judge_WorseByLessThanAPoint_ChangesNothing()
    {
        Blocks([.. Enumerable.Repeat(ATrifle, 20)]);

        Assert.Equal(AutoState.On, _auto.State);
    }

    [Fact]
    public void Judge_BlocksWithoutHeldOutClients_SayNothing()
    {
        Blocks(Worse, Worse, Nobody, Nobody, Nobody, Nobody);
        Assert.Equal(AutoState.On, _auto.State);

        Blocks(Worse);

        Assert.Equal(AutoState.Shadow, _auto.State);
    }

    [Fact]
    public void Judge_AnotherChampionMeanwhile_StartsAfresh()
    {
        Blocks(Worse, Worse);

        _auto.Judge(Worse, "m2", _now);
        _auto.Judge(Worse, "m2", _now);

        Assert.Equal(AutoState.On, _auto.State);
    }

    [Fact]
    public void Judge_PauseOver_TriesOnAsFewAsAreHeldOutAndBringsBack()
    {
        Blocks(Worse, Worse, Worse);
        Pass(AutoModel.ShortestPause);
        Assert.Equal(AutoState.Trial, _auto.State);
        var governed = Enumerable.Range(0, 2_000).Count(i => _auto.Governs(Encoding.UTF8.GetBytes($"c{i}"), 0.1));
        Assert.InRange(governed, 130, 270);   // 200, 5 standard deviations

        Blocks(Same, Same, Doubtful, Same, Same, Same);
        Assert.Equal(AutoState.Trial, _auto.State);
        Blocks(Same);

        Assert.Equal(AutoState.On, _auto.State);
    }

    [Fact]
    public void Judge_TrialShowsItAgain_PausesForTwiceAsLong()
    {
        Blocks(Worse, Worse, Worse);
        Pass(AutoModel.ShortestPause);

        Blocks(Worse, Worse);
        Assert.Equal(AutoState.Shadow, _auto.State);
        Pass(AutoModel.ShortestPause);
        Assert.Equal(AutoState.Shadow, _auto.State);
        Pass(AutoModel.ShortestPause);

        Assert.Equal(AutoState.Trial, _auto.State);
    }

    [Fact]
    public void Judge_ManyFailedTrials_PausesAtMostSixHours()
    {
        Blocks(Worse, Worse, Worse);
        for (var i = 0; i < 12; i++)
        {
            Pass(AutoModel.LongestPause);
            Assert.Equal(AutoState.Trial, _auto.State);
            Blocks(Worse, Worse);
            Assert.Equal(AutoState.Shadow, _auto.State);
        }
    }

    [Fact]
    public void Judge_AnotherChampionInThePause_IsTriedAtOnce()
    {
        Blocks(Worse, Worse, Worse);

        _auto.Judge(Nobody, "m2", _now);

        Assert.Equal(AutoState.Trial, _auto.State);
    }

    [Fact]
    public void Judge_TrialThatCannotTell_EndsWithTheModelOn()
    {
        Blocks(Worse, Worse, Worse);
        Pass(AutoModel.ShortestPause);

        Blocks([.. Enumerable.Repeat(Nobody, 19)]);
        Assert.Equal(AutoState.Trial, _auto.State);
        Blocks(Nobody);

        Assert.Equal(AutoState.On, _auto.State);
    }

    [Theory]
    [InlineData(40, 0.05)]
    [InlineData(80, 0.15)]
    [InlineData(400, 0.05)]
    public void Judge_NeutralModelOverManySeeds_IsNotWithdrawnByChance(int clients, double holdout)
    {
        // What a client loses stays with it, differs tenfold between clients, and is dealt to the groups once: a test over blocks would err for ever.
        var withdrawn = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var own = Enumerable.Range(0, clients).Select(_ => Math.Min(0.8, 0.02 / Math.Pow(random.NextDouble(), 0.8))).ToArray();
            var heldOut = Enumerable.Range(0, clients).Select(_ => random.NextDouble() < holdout).ToArray();
            var auto = new AutoModel();
            for (var block = 0; block < 40; block++)
            {
                var losses = own.Select(loss => Math.Clamp(loss * (0.5 + random.NextDouble()), 0, 1)).ToArray();
                auto.Judge(
                    ArmComparison.Of(
                        [.. losses.Where((_, i) => !heldOut[i])], [.. losses.Where((_, i) => heldOut[i])], (seed * 1_000) + block),
                    "m1", AutoModel.Block * block);
            }

            withdrawn += auto.Withdrawn > 0 ? 1 : 0;
        }

        Assert.True(withdrawn <= 1, $"{withdrawn} of 40");
    }

    [Fact]
    public void Judge_HarmfulModelOverManySeeds_IsWithdrawnWithinFiveMinutes()
    {
        var late = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var auto = new AutoModel();
            for (var block = 0; block < 10; block++)
            {
                // Half of the governed lose four tenths, the other half and the twelve held out a twentieth.
                var governed = Enumerable.Range(0, 68).Select(i => (i % 2 == 0 ? 0.4 : 0.05) * (0.5 + random.NextDouble())).ToArray();
                var others = Enumerable.Range(0, 12).Select(_ => 0.05 * (0.5 + random.NextDouble())).ToArray();
                auto.Judge(ArmComparison.Of(governed, others, (seed * 1_000) + block), "m1", AutoModel.Block * block);
            }

            late += auto.Withdrawn == 0 ? 1 : 0;
        }

        Assert.Equal(0, late);
    }

    private void Blocks(params ReadOnlySpan<ArmComparison> comparisons)
    {
        foreach (var comparison in comparisons)
        {
            _now += AutoModel.Block;
            _auto.Judge(comparison, "m1", _now);
        }
    }

    // In shadow nobody is governed: every block says nothing.
    private void Pass(TimeSpan time)
    {
        for (var until = _now + time; _now < until;)
        {
            Blocks(Nobody);
            if (_auto.State != AutoState.Shadow)
            {
                return;
            }
        }
    }
}
