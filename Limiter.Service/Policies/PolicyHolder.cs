using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Limiter.Policies;

/// <summary>Where decisions find the policies: one reference, swapped as a whole by a reload and where a schedule says so.</summary>
/// <param name="time">The clock of schedules; null: the system's.</param>
internal sealed class PolicyHolder(TimeProvider? time = null)
{
    // What a client's state has room for, and the number of an empty place.
    private const int NumbersMax = (1 << 14) - 1;

    private readonly Dictionary<(string Domain, string Name), int> _numbers = [];
    private readonly Dictionary<int, AutoModel> _autos = [];
    private readonly Lock _lock = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private PolicySet _configured = new([], []);
    private volatile PolicySet _current = new([], []);
    private volatile Policy?[] _byNumber = [];
    private volatile string _problem = "";

    /// <summary>The policies in force.</summary>
    public PolicySet Current => _current;

    /// <summary>Why the last policy file was refused; empty: it was not.</summary>
    public string Problem
    {
        get => _problem;
        set => _problem = value;
    }

    /// <summary>The policy of a client's state; null: a reload dropped it.</summary>
    public Policy? ByNumber(int number)
    {
        var policies = _byNumber;
        return number < policies.Length ? policies[number] : null;
    }

    /// <summary>Puts policies in force. A name keeps its number, its clients their buckets, and an <c>auto</c> model what is known of it.</summary>
    /// <returns>The policies with their numbers.</returns>
    public PolicySet Swap(PolicySet set)
    {
        lock (_lock)
        {
            _configured = set;
            return Publish(set.At(_time.GetUtcNow().UtcDateTime));
        }
    }

    /// <summary>When a schedule next changes a policy.</summary>
    public DateTimeOffset NextChange
    {
        get
        {
            lock (_lock)
            {
                var next = _configured.NextChange(_time.GetUtcNow().UtcDateTime);
                return next == DateTime.MaxValue ? DateTimeOffset.MaxValue : new DateTimeOffset(next, TimeSpan.Zero);
            }
        }
    }

    /// <summary>Puts in force what the schedules say now.</summary>
    /// <returns>Whether that was something else than before.</returns>
    public bool FollowSchedule()
    {
        lock (_lock)
        {
            var set = _configured.At(_time.GetUtcNow().UtcDateTime);
            if (set.Policies.Select(policy => policy.Scheduled).SequenceEqual(_current.Policies.Select(policy => policy.Scheduled)))
            {
                return false;
            }

            Publish(set);
            return true;
        }
    }

    // The caller holds the lock.
    private PolicySet Publish(PolicySet set)
    {
        var numbered = set.Policies.Select(Known).ToArray();
        var byNumber = new Policy?[_numbers.Count];
        foreach (var policy in numbered.SelectMany(policy => policy.Elsewhere.Prepend(policy)))
        {
            byNumber[policy.Number] = policy;
        }

        _byNumber = byNumber;
        return _current = new PolicySet(numbered, set.Backends);
    }

    /// <summary>The number of a bucket that no policy of the file governs, such as a static limit's.</summary>
    /// <exception cref="InvalidDataException">There have been too many different ones.</exception>
    public int NumberFor(string domain, string name)
    {
        lock (_lock)
        {
            return Number((domain, name));
        }
    }

    // A client's buckets at different backends are different places in the table, so they need different numbers. What is found at the policy's own
    // backend about its model goes for the others too; a reserve is of the own one only.
    private Policy Known(Policy policy)
    {
        var own = KnownAtOwnBackend(policy);
        return own with { Elsewhere = [.. policy.OtherBackends.Select(other => Elsewhere(own, other))] };
    }

    private Policy Elsewhere(Policy own, string backend)
    {
        var name = $"{own.Name} at {backend}";
        return own with { Backend = backend, BucketName = name, Number = Number((own.Domain, name)), Reserve = 0 };
    }

    private Policy KnownAtOwnBackend(Policy policy)
    {
        var number = Number((policy.Domain, policy.Name));
        if (policy.Model != ModelMode.Auto)
        {
            return policy with { Number = number, Auto = null };
        }

        if (!_autos.TryGetValue(number, out var auto))
        {
            _autos.Add(number, auto = new AutoModel());
        }

        return policy with { Number = number, Auto = auto };
    }

    private int Number((string Domain, string Name) key)
    {
        if (!_numbers.TryGetValue(key, out var number))
        {
            number = _numbers.Count < NumbersMax ? _numbers.Count : throw new InvalidDataException(
                $"More than {NumbersMax} different policies and limits since the start; restart to forget those that are gone.");
            _numbers.Add(key, number);
        }

        return number;
    }
}
