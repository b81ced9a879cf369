using RateLimitSuite.Contracts.Events;
using RateLimitSuite.Dashboard.Live;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Dashboard.Tests.Live;

public sealed class ShapWindowTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Read_TwoMinutes_HaveTheirOwnMeans()
    {
        var window = new ShapWindow(_time);

        // Magnitudes: (2 + 3) / 10 = 0.5, (1 + 2) / 10 = 0.3; then (6 + 4) / 10 = 1.
        window.Add(Values(Noon, [2, -3]));
        window.Add(Values(Noon.AddSeconds(30), [-1, 2]));
        window.Add(Values(Noon.AddSeconds(70), [6, 4]));

        var minutes = window.Read().Minutes;
        Assert.Equal([(Noon, 2L), (Noon.AddMinutes(1), 1L)], minutes.Select(m => (m.At, m.Count)));
        Assert.Equal(0.4, minutes[0].Mean, 12);
        Assert.InRange(minutes[0].P95, 0.5, 0.5 * 1.05);
        Assert.Equal([false, true], minutes.Select(m => m.IsSpike));
    }

    [Fact]
    public void Read_ModeChanges_NeverMixesTheTwo()
    {
        var window = new ShapWindow(_time);

        // Side by side, as champion and challenger explain during a canary.
        foreach (var (mode, part) in new[] { ("path_dependent", 2.0), ("interventional", 4), ("path_dependent", 2), ("interventional", 4), ("interventional", 4) })
        {
            window.Add(Values(Noon, [part, part], mode));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var view = window.Read();
        Assert.Equal([("interventional", 3L, 0.8), ("path_dependent", 2, 0.4)], view.Minutes.Select(m => (m.Mode, m.Count, Math.Round(m.Mean, 9))));   // 8 / 10, 4 / 10
        Assert.Equal(3, view.Samples);
        Assert.Equal(4, view.Features[0].MeanAbsolute);
    }

    [Fact]
    public void Read_Features_HaveMeanAndMeanAbsolute()
    {
        var window = new ShapWindow(_time);
        foreach (var shap in new double[][] { [1, -2], [-3, -4] })
        {
            window.Add(Values(Noon, shap));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([new FeatureShare("a", 2, -1), new FeatureShare("b", 3, -3)], window.Read().Features);   // (1 + 3) / 2, (1 − 3) / 2, …
    }

    [Fact]
    public void Add_MoreThanFits_KeepsTheNewest()
    {
        var window = new ShapWindow(_time);
        for (var i = 0; i < 5_000; i++)
        {
            window.Add(Values(Noon, [i, 0]));
        }

        var view = window.Read();
        Assert.Equal(5_000, view.Received);
        Assert.Equal(4_999, view.Newest[0].Shap[0]);
        Assert.Equal(1, view.Samples);   // All in the same instant: one sample each 10 ms.
    }

    [Fact]
    public void Add_ListsOfDifferentLength_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => new ShapWindow(_time).Add(Values(Noon, [1, 2, 3])));

    private static ShapValues Values(DateTimeOffset at, double[] shap, string mode = "interventional") => new()
    {
        RequestId = Guid.NewGuid().ToString(),
        Timestamp = at,
        ClientId = "c",
        Allowed = true,
        DecidedBy = "bucket",
        Reason = "within_limit",
        Prediction = 10 + shap.Sum(),
        RefillRate = 10,
        BaseValue = 10,
        Shap = shap,
        Features = [1, 2],
        FeatureNames = ["a", "b"],
        ModelVersion = "m",
        Mode = mode,
    };
}
