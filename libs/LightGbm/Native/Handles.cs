using Microsoft.Win32.SafeHandles;

namespace RateLimitSuite.LightGbm.Native;

/// <summary>Owns a LightGBM dataset.</summary>
internal sealed class DatasetHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => NativeMethods.DatasetFree(handle) == 0;
}

/// <summary>Owns a LightGBM booster and keeps alive the datasets it points into.</summary>
internal sealed class BoosterHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    private readonly List<DatasetHandle> _datasets = [];

    public void KeepAlive(DatasetHandle dataset)
    {
        var added = false;
        dataset.DangerousAddRef(ref added);
        _datasets.Add(dataset);
    }

    protected override bool ReleaseHandle()
    {
        var released = NativeMethods.BoosterFree(handle) == 0;
        foreach (var dataset in _datasets)
        {
            dataset.DangerousRelease();
        }

        return released;
    }
}

/// <summary>Owns a prepared single-row prediction and keeps alive the booster it points into.</summary>
internal sealed class FastConfigHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    private BoosterHandle? _booster;

    public void KeepAlive(BoosterHandle booster)
    {
        var added = false;
        booster.DangerousAddRef(ref added);
        _booster = booster;
    }

    protected override bool ReleaseHandle()
    {
        var released = NativeMethods.FastConfigFree(handle) == 0;
        _booster?.DangerousRelease();
        return released;
    }
}
