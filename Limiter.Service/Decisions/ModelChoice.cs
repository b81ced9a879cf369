using System.Runtime.CompilerServices;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;

namespace RateLimitSuite.Limiter.Decisions;

/// <summary>Which model a request is predicted by, and whether its prediction governs; then the prediction.</summary>
internal sealed class ModelChoice(ModelHolder models)
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Predict(in DecisionRequest request, ref ClientState state, ref DecisionRecord record)
    {
        var policy = request.Policy;
        if (policy.Model == ModelMode.Off)
        {
            return;
        }

        var snapshot = models.Current;
        var challenger = snapshot.Challenger;
        var heldOut = policy.IsHeldOut(request.ClientId);
        var canary = !heldOut && policy.TakesCanaries && snapshot.IsCanary(request.ClientId);
        var governs = canary || (!heldOut && policy.Governs(request.ClientId));

        // The first model is a challenger without a champion: until its canary nothing governs, but its shadow is looked at.
        if ((canary ? challenger : snapshot.Champion) is { } model)
        {
            record.Model = model;
            record.Prediction = Remembering(model, request.Features, ref state);
            record.Arm = heldOut ? Arm.Holdout : !governs ? Arm.Shadow : canary ? Arm.Canary : Arm.Model;
        }

        if (snapshot.Beside(canary) is { } beside)
        {
            record.Beside = beside;
            record.BesidePrediction = Anew(beside, request.Features);
        }
    }

    private static double Anew(LoadedModel model, ReadOnlySpan<double> features)
    {
        if (features.Length > ClientState.RememberedFeatures)
        {
            return model.Predictor.Predict(features);
        }

        var intervals = default(ClientState.FeatureIntervals);
        model.Predictor.Intervals(features, ((Span<ushort>)intervals)[..features.Length]);
        return PredictionMemo.Predict(model, intervals, features.Length);
    }

    // While no feature leaves the interval it was in, the trees cannot tell the difference: the last prediction is exact.
    private static double Remembering(LoadedModel model, ReadOnlySpan<double> features, ref ClientState state)
    {
        if (features.Length > ClientState.RememberedFeatures)
        {
            return state.Prediction = model.Predictor.Predict(features);
        }

        Span<ushort> intervals = state.Intervals[..features.Length];
        if (state.ModelStamp != model.Stamp)
        {
            state.Intervals = default;
            model.Predictor.Intervals(features, intervals);
            state.Prediction = PredictionMemo.Predict(model, state.Intervals, features.Length);
            state.ModelStamp = model.Stamp;
        }
        else if (model.Predictor.UpdateIntervals(features, intervals))
        {
            state.Prediction = PredictionMemo.Predict(model, state.Intervals, features.Length);
        }

        return state.Prediction;
    }
}
