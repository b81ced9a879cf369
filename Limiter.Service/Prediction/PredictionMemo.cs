using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Prediction;

/// <summary>Predictions by the intervals that they were made from, which come again: most callers give few features or none, and then clients differ by
/// rate and latency alone.</summary>
/// <remarks>
/// Between its thresholds a model is constant, so what is remembered is exact. A table for each thread, 12 KiB, so that
/// nobody waits for it; a newer prediction takes the place of an older one. A stamp comes again after 65,535 models, by when no table holds the first.
/// </remarks>
internal static class PredictionMemo
{
    private const int EntryBits = 9;

    [ThreadStatic]
    private static Entry[]? _entries;

    /// <summary>A model's prediction for a feature vector by its intervals.</summary>
    /// <param name="model">The model.</param>
    /// <param name="intervals">All that a state remembers; 0 beyond the model's features.</param>
    /// <param name="features">Number of features.</param>
    public static double Predict(LoadedModel model, in ClientState.FeatureIntervals intervals, int features)
    {
        var (low, high) = KeyOf(intervals, model.Stamp);
        ref var entry = ref EntryOf(low, high);
        if (entry.Low != low || entry.High != high)
        {
            entry = new Entry { Low = low, High = high, Prediction = model.Predictor.PredictFromIntervals(((ReadOnlySpan<ushort>)intervals)[..features]) };
        }

        return entry.Prediction;
    }

    // Six intervals and the stamp are 14 bytes. No stamp is 0, and so no key.
    private static (ulong Low, ulong High) KeyOf(in ClientState.FeatureIntervals intervals, ushort stamp)
    {
        ref var first = ref Unsafe.As<ClientState.FeatureIntervals, byte>(ref Unsafe.AsRef(in intervals));
        return (Unsafe.ReadUnaligned<ulong>(ref first), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, sizeof(ulong))) | ((ulong)stamp << 32));
    }

    private static ref Entry EntryOf(ulong low, ulong high)
    {
        var hash = (low * 0x9E3779B97F4A7C15) ^ (high * 0xC2B2AE3D27D4EB4F);
        hash ^= hash >> 32;
        var entries = _entries ??= new Entry[1 << EntryBits];
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(entries), (nint)((hash * 0x9E3779B97F4A7C15) >> (64 - EntryBits)));
    }

    private struct Entry
    {
        public ulong Low;
        public ulong High;
        public double Prediction;
    }
}
