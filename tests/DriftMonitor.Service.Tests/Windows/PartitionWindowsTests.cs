using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Windows;
using static RateLimitSuite.DriftMonitor.Tests.Windows.Traffic;

namespace RateLimitSuite.DriftMonitor.Tests.Windows;

public class PartitionWindowsTests
{
    private readonly PartitionWindows _windows = new(Options);

    [Fact]
    public void Advance_FourWindowsClosed_LabelsTheFirstFromTheNextThree()
    {
        for (var second = 0; second < 4; second++)
        {
            _windows.Serve(second, "a", 100);
        }

        Assert.Empty(_windows.PassUntil(4.4));   // window 3 ends at 4 and waits 0.5 s for reports
        var window = Assert.Single(_windows.PassUntil(4.5));

        Assert.Equal(Epoch, window.Start);
        var row = Assert.Single(window.Rows);
        Assert.Equal(("a", 100, 0), (row.Sample.ClientId, row.Decisions, row.Denied));
        // Lower bound 100·(1 - 1/√100) = 90, middle 1.25·90 = 112.5; 0.97·112.5 - 100 is spare for the only client.
        Assert.Equal(0.97 * 112.5, row.Label!.Value.Rate, 9);
        Assert.Equal(90.0 / 135, row.Label.Value.Quality, 9);
        Assert.False(row.Limited);
    }

    [Fact]
    public void Advance_UpperCapacityWithinDemand_KeepsTheLabelInOrder()
    {
        for (var second = 0; second < 4; second++)
        {
            _windows.Serve(second, "a", 100);
        }

        var label = _windows.PassUntil(5)[0].Rows[0].Label!.Value;

        Assert.Equal(0.97 * 90, label.Lower, 9);   // at 90 the client is constrained: the water level is all there is
        Assert.Equal(0.97 * 135, label.Upper, 9);
    }

    [Fact]
    public void Advance_OutcomesMissing_WaitsForTheTimeout()
    {
        for (var i = 0; i < 10; i++)
        {
            _windows.Add(Decide(0.1, "a", $"{i}"));
            if (i < 8)
            {
                _windows.Add(Complete(0.2, $"{i}"));
            }
        }

        _windows.PassUntil(3.9);
        Assert.Equal(-1, ClosedThrough());
        _windows.PassUntil(4);   // 1 s + 3 s; the empty ones after it waited for it alone
        Assert.Equal(2, ClosedThrough());
    }

    [Fact]
    public void Advance_NinetyPercentReported_ClosesAfterTheGrace()
    {
        for (var i = 0; i < 10; i++)
        {
            _windows.Add(Decide(0.1, "a", $"{i}"));
            if (i < 9)
            {
                _windows.Add(Complete(0.2, $"{i}"));
            }
        }

        _windows.PassUntil(1.5);

        Assert.Equal(0, ClosedThrough());
    }

    [Fact]
    public void Advance_ReportsNotReadYet_DoesNotTakeThemForMissing()
    {
        // Decisions were read ahead of the outcomes, as after a restart: their watermark alone must not close windows.
        for (var second = 0; second < 20; second++)
        {
            _windows.Add(Decide(second, "a", $"{second}"));
        }

        Assert.Empty(_windows.Advance());
        Assert.Equal(-1, ClosedThrough());
    }

    [Fact]
    public void Add_OutcomeBeforeItsDecision_WaitsForIt()
    {
        _windows.Add(Complete(0.2, "x"));
        _windows.Add(Decide(0.1, "a", "x"));

        Assert.Equal(1, _windows.Counts.Outcomes);
        Assert.Empty(_windows.EarlyOutcomes);
    }

    [Fact]
    public void Advance_OutcomesBeforeTheVeryFirstDecision_LetsThemWait()
    {
        _windows.Add(Complete(0.2, "x"));
        Assert.Empty(_windows.Advance());

        _windows.Add(Decide(0.1, "a", "x"));

        Assert.Equal(1, _windows.Counts.Outcomes);
        Assert.Equal(0, _windows.Counts.Unmatched);
    }

    [Fact]
    public void Add_OutcomeWithoutDecision_IsCountedUnmatchedInTheEnd()
    {
        _windows.Serve(0, "a", 10);
        _windows.Add(Complete(0.2, "nobody"));

        _windows.PassUntil(30);

        Assert.Equal(1, _windows.Counts.Unmatched);
        Assert.Empty(_windows.EarlyOutcomes);
    }

    [Fact]
    public void Add_SameEventsTwice_CountsThemOnce()
    {
        _windows.Serve(0, "a", 10);
        _windows.Serve(0, "a", 10);

        Assert.Equal((10, 10, 20), (_windows.Counts.Decisions, _windows.Counts.Outcomes, _windows.Counts.Duplicates));
    }

    [Fact]
    public void Add_AfterItsWindowClosed_IsLate()
    {
        _windows.Serve(0, "a", 10);
        _windows.PassUntil(2);
        _windows.Add(Decide(0.5, "a", "late"));

        Assert.Equal(1, _windows.Counts.Late);
    }

    [Fact]
    public void Add_Malformed_IsCountedAndChangesNothing()
    {
        _windows.Add(Decide(0, "", "x"));
        _windows.Add(Decide(0, "a", "x").With(d => d.Cost = double.NaN));
        _windows.Add(Decide(0, "a", "x").With(d => d.Cost = -1));
        _windows.Add(Decide(0, "a", "x").With(d => d.Features[0] = double.PositiveInfinity));
        _windows.Add(Decide(120, "a", "x"), SchemaHash, Us(0));   // two minutes ahead of the present
        _windows.Add(Complete(0, "x", double.NaN));
        _windows.Add(Complete(0, "x", 1e9));
        _windows.Add(Complete(120, "x"), Us(0));

        Assert.Equal(8, _windows.Counts.Malformed);
        Assert.Empty(_windows.Backends);
        Assert.Equal((long.MinValue, long.MinValue), (_windows.DecisionsUs, _windows.OutcomesUs));
    }

    [Fact]
    public void Add_LookOnly_IsNoDecision()
    {
        _windows.Add(Decide(0, "a", "x").With(d => d.Cost = 0));

        Assert.Equal(0, _windows.Counts.Decisions);
    }

    [Fact]
    public void Add_BeyondTheBound_IsDroppedAndCounted()
    {
        var windows = new PartitionWindows(Options with { MaxOpenDecisions = 5, MaxEarlyOutcomes = 3 });
        windows.Serve(0, "a", 8);

        Assert.Equal(5, windows.Counts.Decisions);
        Assert.Equal(3, windows.Counts.Dropped);
        windows.Add(Complete(0.1, "one more"));
        Assert.Equal(4, windows.Counts.Dropped);   // three early outcomes were waiting, the oldest went
    }

    [Fact]
    public void Advance_PolicyWithoutBackend_IsItsOwnBackend()
    {
        _windows.Add(Decide(0, "a", "x").With(d => d.Backend = ""));
        _windows.Add(Complete(0.1, "x"));

        Assert.Equal("default", Assert.Single(_windows.PassUntil(6)).Backend);
    }

    [Fact]
    public void Advance_Sample_IsTheSameInWhateverOrderDecisionsCome()
    {
        var other = new PartitionWindows(Options);
        for (var i = 0; i < 20; i++)
        {
            _windows.Add(Decide(0.5, "a", $"r{i}"));
            other.Add(Decide(0.5, "a", $"r{19 - i}"));
        }

        Assert.Equal(_windows.PassUntil(20)[0].Rows[0].Sample.RequestId, other.PassUntil(20)[0].Rows[0].Sample.RequestId);
    }

    [Fact]
    public void Advance_Unreported_GivesRowsWithoutLabels()
    {
        for (var second = 0; second < 4; second++)
        {
            for (var i = 0; i < 10; i++)
            {
                _windows.Add(Decide(second, "a", $"{second}-{i}"));
                if (i < 4)
                {
                    _windows.Add(Complete(second + 0.1, $"{second}-{i}"));
                }
            }
        }

        var window = _windows.PassUntil(30)[0];

        Assert.Null(window.Rows[0].Label);   // 40 % < 50 %
        Assert.Equal((10, 4), (window.Admitted, window.Reported));
    }

    [Fact]
    public void Advance_DeniedWithRoom_IsWronglyThrottled()
    {
        for (var second = 0; second < 4; second++)
        {
            _windows.Serve(second, "a", 100);
        }

        // The lower bound is 90 in its own window, and 100 were admitted: no room. With fewer admitted there is.
        _windows.Serve(4, "a", 80);
        _windows.Add(Decide(4.5, "a", "d1", allowed: false));
        _windows.Add(Decide(4.6, "a", "d2", allowed: false).With(d => d.Reason = DecisionReason.DenyListed));
        var window = _windows.PassUntil(12)[4];

        // Lower bound 90·0.995 from the second before: room for one more than 80.
        Assert.Equal(1, window.Rows[0].WronglyThrottled);
        Assert.Equal(2, window.Rows[0].Denied);
        Assert.Equal(1, window.Arms[new("none", "")].WronglyThrottled);
    }

    [Fact]
    public void Advance_Predictions_AreHeldAgainstTheLabel()
    {
        for (var second = 0; second < 4; second++)
        {
            _windows.Serve(second, "a", 100, prediction: 50);
        }

        var window = _windows.PassUntil(5)[0];

        var error = window.Arms[new("model", "m1")].Error;
        Assert.Equal(1, error.Count);
        Assert.Equal(((0.97 * 90) - 50) / (0.97 * 112.5), error.Value, 9);   // distance to the lower end / y
    }

    [Fact]
    public void Advance_ChallengerBesideTheChampion_HasItsOwnError()
    {
        for (var second = 0; second < 4; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                var id = $"{second}-{i}";
                _windows.Add(Decide(second, "a", id, prediction: 50).With(d =>
                {
                    d.BesideVersion = "m2";
                    d.BesidePrediction = 100;
                }));
                _windows.Add(Complete(second + 0.01, id));
            }
        }

        var arms = _windows.PassUntil(5)[0].Arms;

        Assert.Equal(100, arms[new(ArmKey.Beside, "m2")].Decisions);
        Assert.Equal(0, arms[new(ArmKey.Beside, "m2")].Error.Value);   // 100 lies within [87.3, 130.95]
        Assert.True(arms[new("model", "m1")].Error.Value > 0.3);
    }

    [Fact]
    public void Advance_LongSilence_StartsAfreshWithoutCountingThroughIt()
    {
        _windows.Serve(0, "a", 10);
        _windows.PassUntil(10);
        _windows.Serve(100_000, "a", 10);

        Assert.Equal(Epoch.AddSeconds(100_000), Assert.Single(_windows.PassUntil(100_010)).Start);
    }

    [Fact]
    public void Advance_WindowsLabelled_AreForgotten()
    {
        for (var second = 0; second < 50; second++)
        {
            _windows.Serve(second, $"client{second}", 10);
            _windows.Advance();
        }

        Assert.True(_windows.Backends[Backend].Windows.Count() <= 6);
        Assert.True(_windows.Backends[Backend].Recent.Count <= 12);
    }

    private long ClosedThrough() => _windows.Backends[Backend].ClosedThrough - Options.IndexOf(Us(0));
}
