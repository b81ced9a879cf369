using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Limiter.Policies;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types.RateLimit.Types;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>Reads the reference server's YAML: one domain a file, a tree of descriptors.</summary>
internal sealed class LimitFileReader(PolicyHolder policies)
{
    private const int DepthMax = 20;

    private readonly List<PolicyFault> _faults = [];
    private string _domain = "";

    /// <summary>Reads one file.</summary>
    /// <returns>The domain's name and the root of its tree; null where something is wrong.</returns>
    public static (string Domain, LimitRule Root)? Read(string yaml, PolicyHolder policies, out IReadOnlyList<PolicyFault> faults)
    {
        var reader = new LimitFileReader(policies);
        faults = reader._faults;
        try
        {
            YamlPrescan.Check(yaml);
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count != 1)
            {
                reader._faults.Add(new PolicyFault(1, 1, "", "must hold one YAML document."));
                return null;
            }

            var map = YamlMap.Of(stream.Documents[0].RootNode, "", reader._faults);
            reader._domain = map.Name("domain");
            var root = new LimitRule { Children = reader.Children(map, "", depth: 0) };
            map.NoMore();
            return reader._faults.Count == 0 ? (reader._domain, root) : null;
        }
        catch (YamlException fault)
        {
            reader._faults.Add(new PolicyFault((int)Math.Max(1, fault.Start.Line), (int)Math.Max(1, fault.Start.Column), "", fault.Message));
            return null;
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            reader._faults.Add(new PolicyFault(1, 1, "", $"is no YAML that can be read: {fault.Message}"));
            return null;
        }
    }

    private LimitRule[] Children(YamlMap map, string path, int depth)
    {
        if (depth > DepthMax)
        {
            map.Fault("descriptors", $"are nested deeper than {DepthMax} levels.");
            return [];
        }

        var children = map.Maps("descriptors").Select(child => Rule(child, path, depth)).ToArray();
        foreach (var twice in children.GroupBy(child => (child.Key, child.Value)).Where(group => group.Count() > 1))
        {
            map.Fault("descriptors", $"hold {twice.Key.Key}{(twice.Key.Value is null ? "" : $"={twice.Key.Value}")} {twice.Count()} times.");
        }

        return children;
    }

    private LimitRule Rule(YamlMap map, string path, int depth)
    {
        var key = map.Name("key");
        var value = map.Has("value") ? map.Text("value", "") : null;
        var own = $"{path}/{key}{(value is null ? "" : $"={value}")}";
        _ = map.Flag("detailed_metric", false);
        _ = map.Flag("value_to_metric", false);
        var rule = new LimitRule
        {
            Key = key,
            Value = value,
            Limit = map.Map("rate_limit") is { } limit ? Limit(limit, own) : null,
            Shadow = map.Flag("shadow_mode", false),
            Quota = map.Flag("quota_mode", false),
            SharesThreshold = map.Flag("share_threshold", false),
            Metadata = Metadata(map),
            Children = Children(map, own, depth + 1),
        };
        map.NoMore();
        return rule;
    }

    private StaticLimit Limit(YamlMap map, string path)
    {
        var name = map.Text("name", "");
        var unlimited = map.Flag("unlimited", false);
        var unit = map.Has("unit") ? map.Word("unit", Unit.Unknown) : Unit.Unknown;
        var requests = (uint)map.Number("requests_per_unit", 0, 0, uint.MaxValue);
        var replaces = map.Maps("replaces").Select(replaced =>
        {
            var other = replaced.Name("name");
            replaced.NoMore();
            return other;
        }).ToArray();
        if (unlimited == (unit != Unit.Unknown))
        {
            map.Fault("unit", unlimited ? "must not be set where unlimited is." : "is missing; it must be second, minute, hour, day, week, month or year.");
        }

        map.NoMore();
        var policy = unlimited || requests == 0 || unit == Unit.Unknown ? null
            : StaticPolicies.Make(policies, _domain, path, name.Length > 0 ? name : path, requests, unit);
        return new StaticLimit(name, requests, unit, unlimited, replaces, policy);
    }

    private static Struct? Metadata(YamlMap map)
    {
        if (map.Map("metadata") is not { } metadata)
        {
            return null;
        }

        var fields = new Struct();
        foreach (var key in metadata.Keys.ToArray())
        {
            fields.Fields[key] = Value.ForString(metadata.Text(key, ""));
        }

        return fields;
    }
}
