namespace RateLimitSuite.Limiter.Policies;

/// <summary>Where decisions find the policies: one reference, swapped as a whole by a reload.</summary>
internal sealed class PolicyHolder
{
    // What a client's state has room for, and the number of an empty place.
    private const int NumbersMax = (1 << 14) - 1;

    private readonly Dictionary<(string Domain, string Name), int> _numbers = [];
    private readonly Lock _lock = new();
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

    /// <summary>Puts policies in force. A name keeps its number, and its clients their buckets.</summary>
    /// <returns>The policies with their numbers.</returns>
    public PolicySet Swap(PolicySet set)
    {
        lock (_lock)
        {
            var numbered = set.Policies.Select(policy => policy with { Number = Number((policy.Domain, policy.Name)) }).ToArray();
            var byNumber = new Policy?[_numbers.Count];
            foreach (var policy in numbered)
            {
                byNumber[policy.Number] = policy;
            }

            _byNumber = byNumber;
            return _current = new PolicySet(numbered, set.Backends);
        }
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
