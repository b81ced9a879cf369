namespace RateLimitSuite.Limiter.Policies;

/// <summary>Where decisions find the policies: one reference, swapped as a whole by a reload.</summary>
internal sealed class PolicyHolder
{
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
            var numbered = set.Policies.Select(policy => policy with { Number = NumberOf(policy) }).ToArray();
            var byNumber = new Policy?[_numbers.Count];
            foreach (var policy in numbered)
            {
                byNumber[policy.Number] = policy;
            }

            _byNumber = byNumber;
            return _current = new PolicySet(numbered, set.Backends);
        }
    }

    private int NumberOf(Policy policy)
    {
        var key = (policy.Domain, policy.Name);
        if (!_numbers.TryGetValue(key, out var number))
        {
            number = _numbers.Count;
            _numbers.Add(key, number);
        }

        return number;
    }
}
