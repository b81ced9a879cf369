namespace RateLimitSuite.Dashboard.Live;

/// <summary>The stretch of time that all line charts of one browser tab show, as a person drew it over one of them.</summary>
public sealed class ChartInterval
{
    /// <summary>Its start; null: all there is.</summary>
    public DateTimeOffset? From { get; private set; }

    /// <summary>Its end; null: up to now.</summary>
    public DateTimeOffset? To { get; private set; }

    /// <summary>Whether charts show a part only.</summary>
    public bool IsSet => From is not null;

    /// <summary>It is another one now.</summary>
    public event Action? Changed;

    /// <summary>Shows a part; two ends in either order.</summary>
    public void Set(DateTimeOffset one, DateTimeOffset other)
    {
        (From, To) = one <= other ? (one, other) : (other, one);
        Changed?.Invoke();
    }

    /// <summary>Shows all.</summary>
    public void Clear()
    {
        (From, To) = (null, null);
        Changed?.Invoke();
    }
}
