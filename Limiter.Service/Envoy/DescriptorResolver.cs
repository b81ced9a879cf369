using System.Net;
using System.Security.Cryptography;
using System.Text;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Envoy.V3;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>Finds what limits a descriptor: its own limit, a static rule, or an adaptive policy of the domain.</summary>
internal sealed class DescriptorResolver(LimitFiles files, PolicyHolder policies)
{
    private const string OwnLimits = "envoy:own";

    /// <summary>Resolves all descriptors of a request, in order.</summary>
    public DescriptorCheck[] Resolve(RateLimitRequest request)
    {
        var root = files.Find(request.Domain);
        var checks = new DescriptorCheck[request.Descriptors.Count];
        for (var i = 0; i < checks.Length; i++)
        {
            checks[i] = Resolve(request, request.Descriptors[i], root);
        }

        Replace(checks);
        return checks;
    }

    private DescriptorCheck Resolve(RateLimitRequest request, RateLimitDescriptor descriptor, LimitRule? root)
    {
        var hits = HitsOf(request, descriptor);
        if (root is null)
        {
            return Adaptive(request.Domain, descriptor, hits);
        }

        if (descriptor.Limit is { } own)
        {
            return Own(request.Domain, descriptor, own, hits);
        }

        // A limit counts only at the level of the last entry.
        var rule = root;
        var client = new StringBuilder();
        foreach (var entry in descriptor.Entries)
        {
            rule = rule.Child(entry.Key, entry.Value);
            if (rule is null)
            {
                return new DescriptorCheck();
            }

            client.Append(client.Length > 0 ? "|" : "").Append(entry.Key).Append('=').Append(rule.BucketValue(entry.Value));
        }

        return rule.Limit is null
            ? new DescriptorCheck { Rule = rule }
            : new DescriptorCheck { Rule = rule, Limit = rule.Limit, Policy = rule.Limit.Policy, Client = Shorten(client.ToString()), Hits = hits };
    }

    private DescriptorCheck Adaptive(string domain, RateLimitDescriptor descriptor, double hits)
    {
        var client = Shorten(ClientOf(descriptor));
        if (policies.Current.Resolve(domain, client) is not { } policy)
        {
            return new DescriptorCheck();
        }

        if (descriptor.Limit is { } own)
        {
            return Own(domain, descriptor, own, hits);
        }

        return new DescriptorCheck { Policy = policy, Client = client, Address = AddressOf(descriptor), Hits = hits };
    }

    private static IPAddress? AddressOf(RateLimitDescriptor descriptor)
    {
        foreach (var entry in descriptor.Entries)
        {
            if (entry.Key == "remote_address" && IPAddress.TryParse(entry.Value, out var address))
            {
                return address;
            }
        }

        return null;
    }

    private DescriptorCheck Own(string domain, RateLimitDescriptor descriptor, RateLimitDescriptor.Types.RateLimitOverride own, double hits)
    {
        var unit = LimitUnits.Of(own.Unit);
        var policy = own.RequestsPerUnit == 0 ? null : StaticPolicies.Make(policies, OwnLimits, "", "own", own.RequestsPerUnit, unit);
        var limit = new StaticLimit("", own.RequestsPerUnit, unit, false, [], policy);
        return new DescriptorCheck { Limit = limit, Policy = policy, Client = Shorten($"{own.RequestsPerUnit}/{own.Unit}|{domain}|{ClientOf(descriptor)}"), Hits = hits };
    }

    private static double HitsOf(RateLimitRequest request, RateLimitDescriptor descriptor)
    {
        var hits = descriptor.HitsAddend is { } own ? own : (double)Math.Max(1, request.HitsAddend);
        return descriptor.IsNegativeHits ? -hits : hits;
    }

    // An address alone is the client itself, so that overrides and explanations know it by that name.
    private static string ClientOf(RateLimitDescriptor descriptor) => descriptor.Entries switch
    {
        [{ Key: "remote_address" or "masked_remote_address", Value.Length: > 0 } only] => only.Value,
        [var only] => string.Concat(only.Key, "=", only.Value),
        var entries => string.Join('|', entries.Select(entry => $"{entry.Key}={entry.Value}")),
    };

    private static string Shorten(string client) => Encoding.UTF8.GetByteCount(client) <= RequestChecks.ClientIdBytesMax
        ? client
        : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(client)))}";

    private static void Replace(DescriptorCheck[] checks)
    {
        if (checks.Length == 1)
        {
            return;   // A rule replaces others of the same request.
        }

        foreach (var name in checks.SelectMany(check => check.Limit?.Replaces ?? []))
        {
            foreach (var check in checks)
            {
                check.IsReplaced |= check.Limit?.Name == name;
            }
        }
    }
}
