using System.Globalization;
using System.Net;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Control;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RateLimitSuite.Limiter.Policies;

/// <summary>Reads a policy file. Everything that is wrong is said at once, each with its line and column.</summary>
internal sealed class PolicyReader(FeatureSchema schema, bool lends)
{
    private const double RateMax = 1e9;
    private const int PoliciesMax = 1000;
    private const double ReservesMax = 0.9;
    private const int OtherBackendsMax = 16;

    private readonly List<PolicyFault> _faults = [];

    /// <summary>Reads policies from YAML.</summary>
    /// <param name="yaml">The file's text.</param>
    /// <param name="schema">The features that defaults may name.</param>
    /// <param name="faults">What is wrong; empty: nothing.</param>
    /// <param name="lends">Whether backends lend where they do not say: not where replicas share buckets, as each would lend by itself.</param>
    /// <returns>The policies; null where something is wrong.</returns>
    public static PolicySet? Read(string yaml, FeatureSchema schema, out IReadOnlyList<PolicyFault> faults, bool lends = true)
    {
        var reader = new PolicyReader(schema, lends);
        faults = reader._faults;
        try
        {
            YamlPrescan.Check(yaml);
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count != 1)
            {
                reader._faults.Add(new PolicyFault(1, 1, "", $"holds {stream.Documents.Count} YAML documents; it must hold one."));
                return null;
            }

            var set = reader.ReadRoot(YamlMap.Of(stream.Documents[0].RootNode, "", reader._faults));
            return reader._faults.Count == 0 ? set : null;
        }
        catch (YamlException fault)
        {
            reader._faults.Add(new PolicyFault(
                (int)Math.Max(1, fault.Start.Line), (int)Math.Max(1, fault.Start.Column), "", fault.InnerException?.Message ?? fault.Message));
            return null;
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            // The YAML library's own answer to some malformed texts.
            reader._faults.Add(new PolicyFault(1, 1, "", $"is no YAML that can be read: {fault.Message}"));
            return null;
        }
    }

    private PolicySet ReadRoot(YamlMap root)
    {
        var backends = root.Maps("backends").Select(ReadBackend).ToArray();
        var policies = root.Maps("domains").SelectMany(domain => ReadDomain(domain, backends)).ToArray();
        if (policies.Length is 0 or > PoliciesMax)
        {
            root.Fault("domains", $"hold {policies.Length} policies; there must be 1..{PoliciesMax}.");
        }

        NoTwice(root, "domains", policies.Select(policy => policy.Name));
        NoTwice(root, "backends", backends.Select(backend => backend.Name));
        CheckReserves(root, policies);
        root.NoMore();
        return new PolicySet(policies, backends);
    }

    private BackendOptions ReadBackend(YamlMap map)
    {
        var defaults = new BackendOptions { Name = map.Name("name") };
        var options = defaults with
        {
            Slo = map.Duration("slo", defaults.Slo, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            Timeout = map.Duration("timeout", defaults.Timeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)),
            OutcomeTimeout = map.Duration("outcome_timeout", defaults.OutcomeTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            InitialRate = map.Number("initial_rate", defaults.InitialRate, 0.001, RateMax),
            MinimumRate = map.Number("minimum_rate", defaults.MinimumRate, 0.001, RateMax),
            MaximumRate = map.Number("maximum_rate", defaults.MaximumRate, 0.001, RateMax),
            FailureShareMax = map.Number("failure_share_max", defaults.FailureShareMax, 0, 1),
            Lending = map.Flag("lending", lends),
            ProbeBudget = map.Number("probe_budget", defaults.ProbeBudget, 0, 0.1),
            InFlightCap = map.Flag("in_flight_cap", defaults.InFlightCap),
        };
        if (!(options.MinimumRate <= options.InitialRate && options.InitialRate <= options.MaximumRate))
        {
            map.Fault("initial_rate", $"is {options.InitialRate}; it must lie between minimum_rate {options.MinimumRate} and maximum_rate {options.MaximumRate}.");
        }

        map.NoMore();
        return options;
    }

    private Policy[] ReadDomain(YamlMap map, BackendOptions[] backends)
    {
        var domain = map.Name("name");
        var policies = map.Maps("policies").Select(policy => ReadPolicy(policy, domain, backends)).ToArray();
        if (policies.Length == 0)
        {
            map.Fault("policies", "must hold at least one policy.");
        }

        map.NoMore();
        return policies;
    }

    private Policy ReadPolicy(YamlMap map, string domain, BackendOptions[] backends)
    {
        var clients = map.Texts("clients");
        var identity = new Policy
        {
            Name = map.Name("name"),
            Domain = domain,
            Clients = clients.Count == 0 ? ClientPatterns.Everybody : new ClientPatterns(clients),
            Backend = map.Text("backend", ""),
            OtherBackends = map.Texts("other_backends"),
        };
        var policy = ReadSettings(map, identity) with
        {
            TrustCallerFeatures = map.Flag("trust_caller_features", identity.TrustCallerFeatures),
            FeatureDefaults = ReadDefaults(map, identity.FeatureDefaults),
            Allow = ReadList(map, "allow"),
            Deny = ReadList(map, "deny"),
            HoldoutShare = map.Number("holdout_share", identity.HoldoutShare, 0, 0.5),
        };
        if (policy.Backend.Length > 0 && backends.All(backend => backend.Name != policy.Backend))
        {
            map.Fault("backend", $"is '{policy.Backend}', which is not among the backends.");
        }

        CheckOthers(map, policy, backends);
        var faultsBefore = _faults.Count;
        CheckTogether(map, policy);
        var isSound = _faults.Count == faultsBefore;
        policy = policy with { Schedule = ScheduleReader.Read(map, "schedule", settings => ReadScheduled(settings, policy, isSound)) };
        map.NoMore();
        return policy;
    }

    private static void CheckOthers(YamlMap map, Policy policy, BackendOptions[] backends)
    {
        var others = policy.OtherBackends;
        if (others.Count > OtherBackendsMax)
        {
            map.Fault("other_backends", $"has {others.Count} entries; it must have at most {OtherBackendsMax}.");
        }

        foreach (var other in others)
        {
            if (backends.All(backend => backend.Name != other))
            {
                map.Fault("other_backends", $"holds '{other}', which is not among the backends.");
            }
            else if (other == policy.Backend)
            {
                map.Fault("other_backends", $"holds '{other}', which is the policy's own backend.");
            }
        }

        NoTwice(map, "other_backends", others);
    }

    // What may change with the time of day; the rest says who is limited and what is measured.
    private static Policy ReadSettings(YamlMap map, Policy defaults) => defaults with
    {
        Envelope = ReadEnvelope(map, defaults.Envelope),
        FallbackRate = map.Number("fallback_rate", defaults.FallbackRate, 0.001, RateMax),
        Capacity = map.Has("capacity") ? map.Number("capacity", 1, 0.001, RateMax) : defaults.Capacity,
        BurstSeconds = map.Number("burst_seconds", defaults.BurstSeconds, 0.001, 86_400),
        MinimumCapacity = map.Number("minimum_capacity", defaults.MinimumCapacity, 0.001, RateMax),
        ColdStart = map.Number("cold_start", defaults.ColdStart, 0, 1),
        Cost = map.Number("cost", defaults.Cost, 0.000001, RateMax),
        Model = map.Word("model", defaults.Model),
        Enforce = map.Text("mode", defaults.Enforce ? "enforce" : "shadow") switch
        {
            "enforce" => true,
            "shadow" => false,
            var text => Wrong(map, "mode", $"is '{text}'; it must be enforce or shadow."),
        },
        FailMode = map.Word("fail_mode", defaults.FailMode),
        Weight = map.Number("weight", defaults.Weight, 0.001, 1000),
        Reserve = map.Number("reserve", defaults.Reserve, 0, 0.9),
        Probes = map.Number("probes", defaults.Probes, 0, 0.1),
        Dither = map.Flag("dither", defaults.Dither),
    };

    private static Policy ReadScheduled(YamlMap map, Policy policy, bool isSound)
    {
        var scheduled = ReadSettings(map, policy);
        if (isSound)
        {
            CheckTogether(map, scheduled);   // Or a fault of the policy itself would be said once more for every rule.
        }

        map.NoMore();
        return scheduled;
    }

    private static void CheckTogether(YamlMap map, Policy policy)
    {
        if (policy.Capacity < policy.Cost)
        {
            map.Fault("capacity", $"is {policy.Capacity}, less than one request costs ({policy.Cost}): nobody could ever pass.");
        }

        if (policy.FallbackRate <= policy.Envelope.Minimum || policy.FallbackRate >= policy.Envelope.Maximum)
        {
            map.Fault("fallback_rate", $"is {policy.FallbackRate}; it must lie inside the envelope, {policy.Envelope.Minimum} < rate < {policy.Envelope.Maximum}.");
        }

        if (policy.Model == ModelMode.Auto && policy.Backend.Length == 0)
        {
            map.Fault("model", "is auto, which needs a backend to be compared by; without one it is on, shadow or off.");
        }

        if (policy.Model == ModelMode.Auto && policy.Backend.Length > 0 && policy.HoldoutShare <= 0)
        {
            map.Fault("model", "is auto, which needs held-out clients to be compared by: set holdout_share over 0, such as 0.05.");
        }

        NeedsBackend(map, policy, "reserve", policy.Reserve > 0);
        NeedsBackend(map, policy, "probes", policy.Probes > 0);
        NeedsBackend(map, policy, "dither", policy.Dither);
    }

    private static void NeedsBackend(YamlMap map, Policy policy, string key, bool isUsed)
    {
        if (isUsed && policy.Backend.Length == 0)
        {
            map.Fault(key, $"is '{map.Text(key, "")}', which needs a backend; the policy names none.");
        }
    }

    private static Envelope ReadEnvelope(YamlMap map, Envelope otherwise)
    {
        if (map.Map("envelope") is not { } bounds)
        {
            return otherwise;
        }

        var envelope = new Envelope(bounds.Number("min", otherwise.Minimum, 0, RateMax), bounds.Number("max", otherwise.Maximum, 0.002, RateMax));
        if (envelope.Lowest >= envelope.Highest)
        {
            bounds.Fault("max", $"is {envelope.Maximum}; it must be over min, {envelope.Minimum}.");
            envelope = Envelope.Default;
        }

        bounds.NoMore();
        return envelope;
    }

    private double[] ReadDefaults(YamlMap map, double[] otherwise)
    {
        var defaults = schema.Features.Select(feature => feature.Default).ToArray();
        if (map.Map("features") is not { } features)
        {
            return schema.Count == otherwise.Length ? otherwise : defaults;
        }

        for (var i = 0; i < defaults.Length; i++)
        {
            var feature = schema.Features[i];
            if (feature.Source == FeatureSource.Caller)
            {
                defaults[i] = features.Number(feature.Name, feature.Default, feature.Minimum, feature.Maximum);
            }
        }

        features.NoMore();
        return defaults;
    }

    private static ClientList ReadList(YamlMap map, string key)
    {
        var entries = map.Texts(key);
        var subnets = new List<IPNetwork>();
        var clients = new List<string>();
        foreach (var entry in entries)
        {
            if (!entry.Contains('/', StringComparison.Ordinal))
            {
                clients.Add(entry);
            }
            else if (IPNetwork.TryParse(entry, out var subnet))
            {
                subnets.Add(subnet);
            }
            else
            {
                map.Fault(key, $"holds '{entry}', which is neither a client nor a subnet such as 10.1.2.0/24.");
            }
        }

        return entries.Count == 0 ? ClientList.Empty : new ClientList(clients, subnets);
    }

    private static void CheckReserves(YamlMap map, Policy[] policies)
    {
        foreach (var backend in policies.GroupBy(policy => policy.Backend))
        {
            var reserved = backend.Sum(policy => policy.Schedule.Select(rule => rule.Policy.Reserve).Append(policy.Reserve).Max());
            if (reserved > ReservesMax)
            {
                map.Fault("domains", string.Create(CultureInfo.InvariantCulture,
                    $"reserve {reserved:0.###} of backend '{backend.Key}' in all; it must be at most {ReservesMax}."));
            }
        }
    }

    private static void NoTwice(YamlMap map, string key, IEnumerable<string> names)
    {
        foreach (var twice in names.GroupBy(name => name).Where(group => group.Count() > 1))
        {
            map.Fault(key, $"name '{twice.Key}' {twice.Count()} times; names are unique.");
        }
    }

    private static bool Wrong(YamlMap map, string key, string message)
    {
        map.Fault(key, message);
        return true;
    }
}
