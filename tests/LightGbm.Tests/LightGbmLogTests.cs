using System.Collections.Concurrent;

namespace RateLimitSuite.LightGbm.Tests;

public class LightGbmLogTests
{
    [Fact]
    public void Receiver_WarningWhileTraining_GetsOneWholeLine()
    {
        var lines = new ConcurrentQueue<(LightGbmLogLevel Level, string Text)>();
        var parameters = new LightGbmParameters(MadeData.Parameters()) { { "verbosity", 1 }, { "no_such_parameter", 1 } };

        LightGbmLog.SetReceiver((level, text) => lines.Enqueue((level, text)));
        try
        {
            LightGbmTrainer.Train(parameters, MadeData.Rows(200, seed: 1), iterations: 1);
        }
        finally
        {
            LightGbmLog.SetReceiver(null);
        }

        Assert.Contains(lines, line => line.Level == LightGbmLogLevel.Warning && line.Text.Contains("no_such_parameter", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Level == LightGbmLogLevel.Information && line.Text.StartsWith("Total Bins", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Text.Contains("[LightGBM]", StringComparison.Ordinal));
    }
}
