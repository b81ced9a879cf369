using RateLimitSuite.Trainer.Promotion;

namespace RateLimitSuite.Trainer.Tests.Promotion;

/// <summary>Evidence as a test tells it.</summary>
internal sealed class FakeEvidence : IArmEvidenceSource
{
    /// <summary>What an ordinary arm did.</summary>
    public static ArmEvidence Healthy { get; } = new(Decisions: 1_000, Denied: 100, WronglyThrottled: 10, OverAdmitted: 5, Rows: 200, Mae: 0.12, LatencyP99: 0.2)
    {
        Blocks = [.. Enumerable.Repeat(new EvidenceBlock(100, 1, 0.5, 90, 0, 0.2), 10)],
    };

    /// <summary>What a bad arm did.</summary>
    public static ArmEvidence Harmful { get; } = Healthy with
    {
        WronglyThrottled = 300, Blocks = [.. Enumerable.Repeat(new EvidenceBlock(100, 30, 0.5, 90, 0, 0.2), 10)],
    };

    /// <summary>What an arm did, by arm and version.</summary>
    public Func<string, string, ArmEvidence> Of { get; set; } = (_, _) => Healthy;

    /// <summary>Whether nobody can be asked.</summary>
    public bool Away { get; set; }

    /// <summary>Versions that are asked for.</summary>
    public required Func<Task<IReadOnlyList<string>>> Versions { get; init; }

    /// <summary>Times that it was asked.</summary>
    public int Asked { get; private set; }

    public async Task<Arms?> GetAsync(DateTimeOffset from, DateTimeOffset to, TimeSpan block, CancellationToken cancellationToken)
    {
        Asked++;
        if (Away)
        {
            return null;
        }

        var arms = new Dictionary<(string, string), ArmEvidence> { [("none", "")] = Of("none", "") };
        foreach (var version in await Versions())
        {
            foreach (var arm in (string[])["model", "canary", "beside"])
            {
                arms[(arm, version)] = Of(arm, version);
            }
        }

        return new(arms);
    }
}
