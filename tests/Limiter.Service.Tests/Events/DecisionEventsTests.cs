using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Events;

namespace RateLimitSuite.Limiter.Tests.Events;

public sealed class DecisionEventsTests : IDisposable
{
    private const int Room = 16;

    private static readonly IOptions<LimiterOptions> Settings = Options.Create(new LimiterOptions { ExplanationQueue = Room });

    private readonly ExplanationQueue _explanations = new(Settings);
    private readonly DecisionEvents _events;

    public DecisionEventsTests() => _events = new DecisionEvents(Settings, FeatureSchema.V1, _explanations);

    [Fact]
    public void Publish_MoreThanTheExplainerTakes_PublishesAllAndQueuesWhatThereIsRoomFor()
    {
        for (var i = 0; i < 40; i++)
        {
            Publish($"r{i}", prediction: i);
        }

        var published = _events.Records.TakeAll().SelectMany(record => DecisionBatch.Parser.ParseFrom(record.Value).Decisions).ToArray();
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"r{i}"), published.Select(decision => decision.RequestId));
        Assert.Equal(Enumerable.Range(1, 40).Select(i => (ulong)i), published.Select(decision => decision.Seq));
        Assert.Equal(40 - Room, _explanations.Allowed.Dropped);

        // What waits to be explained is nobody else's any more, however many decisions follow.
        Assert.Equal(Enumerable.Range(0, Room).Select(i => ($"r{i}", (double)i)), Queued().Select(decision => (decision.RequestId, decision.Prediction)));
    }

    [Fact]
    public void Publish_WithoutPrediction_IsNotExplained()
    {
        Publish("r", prediction: null);

        Assert.Empty(Queued());
        Assert.Equal(0, _explanations.Allowed.Dropped);
        Assert.Equal(1, _events.Records.Count);
    }

    [Fact]
    public void Publish_OnlyAWatchedModelPredicted_IsExplained()
    {
        Publish("r", prediction: null, beside: 7);

        Assert.Equal(7, Assert.Single(Queued()).BesidePrediction);
    }

    public void Dispose() => _explanations.Dispose();

    private void Publish(string id, double? prediction, double? beside = null)
    {
        var decision = DecisionEvents.Rent();
        decision.RequestId = id;
        decision.Policy = "default";
        decision.Allowed = true;
        decision.ClearPrediction();
        if (prediction is { } value)
        {
            decision.Prediction = value;
        }

        decision.ClearBesidePrediction();
        if (beside is { } watched)
        {
            decision.BesidePrediction = watched;
        }

        _events.Publish(decision);
    }

    private IEnumerable<Decision> Queued()
    {
        while (_explanations.Allowed.TryTake(out var decision))
        {
            yield return decision;
        }
    }
}
