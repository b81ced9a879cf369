extern alias trainer;

using RateLimitSuite.Benchmarks.Loop.Policies;
using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Labels;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.Registry;
using RateLimitSuite.TreeModel;
using trainer::RateLimitSuite.Trainer;
using trainer::RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Benchmarks.Loop;

/// <summary>Trains each night on the last seven days of rows, as Trainer does, and serves a model that passes the hold-out gate.</summary>
/// <param name="limiter">Where rows come from and models go.</param>
/// <param name="corrupts">Whether every model's text is cut short on its way.</param>
internal sealed class Learner(ProductLimiter limiter, bool corrupts = false)
{
    private const int DaysKept = 7;
    private const int LeastRows = 1_000;
    private const double HoldoutShare = 0.2;
    private const double GoodEnough = 0.15;
    private const double UnlimitedWeight = 0.25;

    private static readonly NativeEngine Engine = new();
    private static readonly TrainerOptions Options = new() { Threads = 1 };

    private readonly Queue<List<MetricRow>> _days = [];
    private Predictor? _champion;

    /// <summary>Models served.</summary>
    public int Models { get; private set; }

    /// <summary>R of what was served, on live traffic.</summary>
    public RelativeError Error { get; private set; } = new();

    /// <summary>Decisions and wrong denials as the windows saw them, since <see cref="Forget"/>.</summary>
    public (long Decisions, long Wrong) Estimated { get; private set; }

    /// <summary>Begins the measurement.</summary>
    public void Forget()
    {
        Take();
        Error = new();
        Estimated = default;
    }

    /// <summary>Takes what was labelled since the last time; with a model wanted, trains.</summary>
    public void Night(bool train)
    {
        var rows = Take();
        _days.Enqueue(rows);
        if (_days.Count > DaysKept)
        {
            _days.Dequeue();
        }

        if (train)
        {
            Train([.. _days.SelectMany(d => d)]);
        }
    }

    private List<MetricRow> Take()
    {
        var rows = new List<MetricRow>();
        foreach (var window in limiter.Labelled)
        {
            foreach (var (key, arm) in window.Arms)
            {
                Estimated = (Estimated.Decisions + arm.Decisions, Estimated.Wrong + arm.WronglyThrottled);
                if (key.ModelVersion.Length > 0)
                {
                    Error.Add(arm.Error);
                }
            }

            rows.AddRange(window.Rows.Where(r => r.Label is not null));
        }

        limiter.Labelled.Clear();
        return rows;
    }

    private void Train(List<MetricRow> rows)
    {
        if (rows.Count < LeastRows)
        {
            return;
        }

        var cut = (int)(rows.Count * (1 - HoldoutShare));
        var job = IntervalTargets.Fit(ToJob(rows[..cut]), Engine, Options.IntervalPasses, null, CancellationToken.None);
        var text = Engine.Train(job, null, CancellationToken.None);
        if (Parse(corrupts ? text[..(text.Length / 2)] : text) is not { } model)
        {
            return;
        }

        var candidate = Predictor.Compile(model);
        var limit = _champion is null
            ? ErrorOf(rows[cut..], r => r.Sample.RefillRate)   // no model: the rate that was in force
            : Math.Max(GoodEnough, 1.05 * ErrorOf(rows[cut..], r => _champion.Predict([.. r.Sample.Features])));
        if (ErrorOf(rows[cut..], r => candidate.Predict([.. r.Sample.Features])) <= limit)
        {
            _champion = candidate;
            limiter.Serve(model);
            Models++;
        }
    }

    private static TreeEnsemble? Parse(string text)
    {
        try
        {
            return TreeEnsemble.Parse(text);
        }
        catch (ModelFormatException)
        {
            return null;   // Refused, as where it is loaded: what serves goes on.
        }
    }

    private static double ErrorOf(List<MetricRow> rows, Func<MetricRow, double> predict)
    {
        var error = new RelativeError();
        foreach (var row in rows)
        {
            var y = row.Label!.Value;
            error.Add(predict(row), y.Rate, y.Lower, y.Upper, y.Quality);
        }

        return error.Value;
    }

    private static TrainingJob ToJob(List<MetricRow> rows)
    {
        var schema = FeatureSchema.V1;
        var columns = new double[rows.Count * schema.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var feature = 0; feature < schema.Count; feature++)
            {
                columns[(feature * rows.Count) + i] = rows[i].Sample.Features[feature];
            }
        }

        return new(
            schema, columns, Rates(rows, y => y.Rate), Rates(rows, y => y.Lower), Rates(rows, y => y.Upper),
            [.. rows.Select(r => (float)(r.Label!.Value.Quality * (r.Limited ? 1 : UnlimitedWeight)))], TrainingParameters.From(Options));
    }

    private static float[] Rates(List<MetricRow> rows, Func<RefillLabel, double> rate) => [.. rows.Select(r => (float)Math.Min(rate(r.Label!.Value), Options.EnvelopeMaximum))];
}
