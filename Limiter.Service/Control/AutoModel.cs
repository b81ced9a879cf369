using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Control;

/// <summary>Whether the model governs the clients of one policy whose model is <c>auto</c>.</summary>
internal enum AutoState
{
    /// <summary>It governs all but the held-out clients.</summary>
    On,

    /// <summary>It was shown worse than no model: it predicts and governs nobody.</summary>
    Shadow,

    /// <summary>It governs as many clients as are held out, to see whether it still is.</summary>
    Trial,
}

/// <summary>Turns one <c>auto</c> policy's model off while the comparison with its hold-out shows it worse than no model, and on again.</summary>
/// <remarks>
/// Blocks of time are judged one by one. Three in a row in which the governed clients lost more than the others, by a point at least and with
/// a chance of one in 500 at most, withdraw the model. After a pause, or as soon as there is another champion, it is tried on as few clients
/// as are held out: four blocks in a row that show nothing of the kind (chance of one in ten or more) bring it back, two that show it again end
/// the trial and double the pause; where twenty blocks could not tell either it is on again, as nothing shows it worse. A block in which
/// one group had no client says nothing. One caller judges; any thread may ask.
/// </remarks>
internal sealed class AutoModel
{
    /// <summary>Length of a block.</summary>
    public static readonly TimeSpan Block = TimeSpan.FromSeconds(30);

    /// <summary>Pause before the first trial.</summary>
    public static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(10);

    /// <summary>Longest pause.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    private const double PValueOfWorse = 0.002;
    private const double DifferenceOfWorse = 0.01;
    private const double PValueOfNothing = 0.1;
    private const int BlocksToWithdraw = 3;
    private const int BlocksToEndTrial = 2;
    private const int BlocksToBringBack = 4;
    private const int TrialBlocksMost = 20;
    private const string TrialSalt = "auto-trial";

    private volatile AutoState _state;
    private volatile Verdict _verdict = new(default, 0);
    private string _champion = "";
    private TimeSpan _pause = ShortestPause;
    private TimeSpan _pauseEnds;
    private int _worse;
    private int _nothing;
    private int _trialBlocks;
    private long _withdrawn;

    /// <summary>What the model may do now.</summary>
    public AutoState State => _state;

    /// <summary>The last block in which the groups could be compared.</summary>
    public ArmComparison Last => _verdict.Comparison;

    /// <summary>Blocks compared since the start.</summary>
    public long Blocks => _verdict.Blocks;

    /// <summary>Times that the model was withdrawn.</summary>
    public long Withdrawn => Volatile.Read(ref _withdrawn);

    /// <summary>Whether the model governs a client that is not held out.</summary>
    /// <param name="clientIdUtf8">Who.</param>
    /// <param name="trialShare">Share of clients that a trial governs.</param>
    public bool Governs(ReadOnlySpan<byte> clientIdUtf8, double trialShare) =>
        _state switch
        {
            AutoState.On => true,
            AutoState.Trial => CanaryMembership.Contains(clientIdUtf8, TrialSalt, trialShare),
            _ => false,
        };

    /// <summary>Takes in a block.</summary>
    /// <param name="comparison">What it showed.</param>
    /// <param name="champion">Version of the champion; empty: none.</param>
    /// <param name="now">Monotonic time of its end.</param>
    /// <returns>Whether the state changed.</returns>
    public bool Judge(in ArmComparison comparison, string champion, TimeSpan now)
    {
        if (comparison.CanTell)
        {
            _verdict = new(comparison, _verdict.Blocks + 1);
        }

        if (champion != _champion && _state != AutoState.Shadow)
        {
            (_worse, _nothing, _trialBlocks) = (0, 0, 0);   // What was seen was seen of another model.
        }

        var before = _state;
        switch (before)
        {
            case AutoState.On:
                JudgeOn(comparison, now);
                break;
            case AutoState.Shadow:
                EndPause(champion, now);
                break;
            default:
                JudgeTrial(comparison, now);
                break;
        }

        _champion = champion;
        return _state != before;
    }

    private void JudgeOn(in ArmComparison comparison, TimeSpan now)
    {
        if (!comparison.CanTell)
        {
            return;
        }

        _worse = IsWorse(comparison) ? _worse + 1 : 0;
        if (_worse >= BlocksToWithdraw)
        {
            Withdraw(ShortestPause, now);
        }
    }

    private void EndPause(string champion, TimeSpan now)
    {
        var another = champion.Length > 0 && champion != _champion;
        if (!another && now < _pauseEnds)
        {
            return;
        }

        _pause = another ? ShortestPause : _pause;
        (_worse, _nothing, _trialBlocks) = (0, 0, 0);
        _state = AutoState.Trial;
    }

    private void JudgeTrial(in ArmComparison comparison, TimeSpan now)
    {
        _trialBlocks++;
        if (comparison.CanTell)
        {
            _worse = IsWorse(comparison) ? _worse + 1 : 0;
            _nothing = comparison.PValue >= PValueOfNothing ? _nothing + 1 : 0;
        }

        if (_worse >= BlocksToEndTrial)
        {
            Withdraw(_pause * 2 < LongestPause ? _pause * 2 : LongestPause, now);
        }
        else if (_nothing >= BlocksToBringBack || _trialBlocks >= TrialBlocksMost)
        {
            _worse = 0;
            _state = AutoState.On;
        }
    }

    private void Withdraw(TimeSpan pause, TimeSpan now)
    {
        (_pause, _pauseEnds, _worse) = (pause, now + pause, 0);
        Interlocked.Increment(ref _withdrawn);
        _state = AutoState.Shadow;
    }

    private static bool IsWorse(in ArmComparison comparison) =>
        comparison.PValue <= PValueOfWorse && comparison.Difference >= DifferenceOfWorse;

    private sealed record Verdict(ArmComparison Comparison, long Blocks);
}
