using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Windows;
using static RateLimitSuite.DriftMonitor.Tests.Windows.Traffic;

namespace RateLimitSuite.DriftMonitor.Tests.Windows;

public class PartitionCheckpointTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(500)]
    [InlineData(1234)]
    public void Read_AtAnyPoint_GoesOnAsIfNothingHadHappened(int cut)
    {
        var events = Mixed(1500);
        var whole = new PartitionWindows(Options);
        var expected = Run(whole, events).ToList();

        var before = new PartitionWindows(Options);
        var actual = Run(before, events.Take(cut)).ToList();
        var after = PartitionCheckpoint.Read(PartitionCheckpoint.Write(before), Options);
        actual.AddRange(Run(after, events.Skip(cut)));

        Assert.NotEmpty(expected);
        Assert.Equal(expected, actual);
        Assert.Equal(PartitionCheckpoint.Write(whole), PartitionCheckpoint.Write(after));
    }

    private static IEnumerable<string> Run(PartitionWindows windows, IEnumerable<object> events)
    {
        foreach (var one in events)
        {
            if (one is Decision decision)
            {
                windows.Add(decision);
            }
            else
            {
                windows.Add((OutcomeEvent)one);
            }

            foreach (var window in windows.Advance())
            {
                foreach (var row in window.Rows)
                {
                    yield return FormattableString.Invariant(
                        $"{window.Start:O} {row.Sample.RequestId} {row.Decisions} {row.Denied} {row.WronglyThrottled} {row.OverAdmitted} {row.Label} {row.Limited}");
                }
            }
        }
    }

    // Some 20 s of five clients with denials, duplicates, lost and early outcomes and time-outs.
    private static List<object> Mixed(int decisions)
    {
        var random = new Random(42);
        var events = new List<object>();
        for (var i = 0; i < decisions; i++)
        {
            var at = i * 20.0 / decisions;
            var allowed = random.NextDouble() < 0.8;
            var decision = Decide(at, $"c{random.Next(5)}", $"r{i}", allowed, prediction: 10);
            var outcome = Complete(at + 0.02, $"r{i}", 0.005 + (random.NextDouble() * 0.05), random.NextDouble() < 0.05 ? OutcomeClass.Timeout : OutcomeClass.Ok);
            var luck = random.NextDouble();
            events.AddRange(!allowed || luck < 0.05 ? [decision] : luck < 0.1 ? [outcome, decision] : luck < 0.15 ? [decision, decision, outcome, outcome] : [decision, outcome]);
        }

        return events;
    }
}
