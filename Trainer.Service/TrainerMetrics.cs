using System.Diagnostics.Metrics;

namespace RateLimitSuite.Trainer;

/// <summary>What the trainer does; tags are from fixed sets.</summary>
internal sealed class TrainerMetrics
{
    public const string MeterName = "RateLimitSuite.Trainer";

    private readonly Counter<long> _runs;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _gates;
    private readonly Counter<long> _changes;
    private readonly Gauge<double> _mae;

    public TrainerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _runs = meter.CreateCounter<long>("trainer.runs", "{run}", "Trainings that ended, by reason and result.");
        _duration = meter.CreateHistogram<double>("trainer.run.duration", "s", "From the start of a training to its end, trial and watch included.");
        _gates = meter.CreateCounter<long>("trainer.gates.failed", "{gate}", "Offline gates that refused a model.");
        _changes = meter.CreateCounter<long>("trainer.registry.changes", "{change}", "What happened to models, by event.");
        _mae = meter.CreateGauge<double>("trainer.model.mae", "1", "R on the hold-out of the model registered last.");
    }

    /// <summary>A training ended.</summary>
    public void Ended(string reason, string result, TimeSpan duration)
    {
        _runs.Add(1, new KeyValuePair<string, object?>("reason", reason), new KeyValuePair<string, object?>("result", result));
        _duration.Record(duration.TotalSeconds);
    }

    /// <summary>A model was registered.</summary>
    public void Registered(double? mae, IEnumerable<string> failedGates)
    {
        if (mae is { } value)
        {
            _mae.Record(value);
        }

        foreach (var gate in failedGates)
        {
            _gates.Add(1, new KeyValuePair<string, object?>("gate", gate));
        }
    }

    /// <summary>The registry changed.</summary>
    public void Changed(string @event) => _changes.Add(1, new KeyValuePair<string, object?>("event", @event));
}
