using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Policies;

public class PolicyReaderTests
{
    [Fact]
    public void Read_FileInTheBox_HasTheDefaultPolicyAndTheDemo()
    {
        var set = PolicyReader.Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "policies.yaml")), FeatureSchema.V1, out var faults);

        Assert.Empty(faults);
        var plain = set!.Resolve("", "anybody")!;
        Assert.Equal(("default", "", true), (plain.Name, plain.Backend, plain.TrustCallerFeatures));
        Assert.Equal(Envelope.Default, plain.Envelope);
        Assert.Equal("shop", set.Resolve("demo", "anybody")!.Backend);
        Assert.Null(set.Resolve("unheard-of", "anybody"));
    }

    [Theory]
    [InlineData("capacity: -1", 6, "capacity", "0.001")]
    [InlineData("capacity: NaN", 6, "capacity", "number")]
    [InlineData("capacity: 0.5", 6, "capacity", "nobody could ever pass")]
    [InlineData("fallback_rate: 1000", 6, "fallback_rate", "envelope")]
    [InlineData("envelope: { min: 5, max: 5 }", 6, "envelope.max", "over min")]
    [InlineData("model: sometimes", 6, "model", "on, shadow, off, auto")]
    [InlineData("model: auto", 6, "model", "backend")]
    [InlineData("mode: maybe", 6, "mode", "enforce or shadow")]
    [InlineData("backend: nowhere", 6, "backend", "not among")]
    [InlineData("trust_caller_features: yes", 6, "trust_caller_features", "true or false")]
    [InlineData("deny: [10.0.0.0/40]", 6, "deny", "neither a client nor a subnet")]
    [InlineData("burst_secnods: 3", 6, "burst_secnods", "not known")]
    [InlineData("features: { client_risk: 2 }", 6, "features.client_risk", "0 to 1")]
    [InlineData("holdout_share: 0.9", 6, "holdout_share", "0.5")]
    [InlineData("probes: 0.2", 6, "probes", "0 to 0.1")]
    [InlineData("probes: 0.01", 6, "probes", "needs a backend")]
    [InlineData("dither: sometimes", 6, "dither", "true or false")]
    [InlineData("dither: true", 6, "dither", "needs a backend")]
    [InlineData("reserve: 1", 6, "reserve", "0 to 0.9")]
    [InlineData("reserve: 0.2", 6, "reserve", "needs a backend")]
    public void Read_BadSetting_SaysLineColumnPathAndRange(string setting, int line, string path, string message)
    {
        var yaml = $"""
            # a comment
            domains:
              - name: default
                policies:
                  - name: p
                    {setting}
            """;

        var set = PolicyReader.Read(yaml, FeatureSchema.V1, out var faults);

        Assert.Null(set);
        var fault = Assert.Single(faults);
        Assert.Equal(line, fault.Line);
        Assert.True(fault.Column >= 9, $"column {fault.Column}");
        Assert.Equal($"domains[0].policies[0].{path}", fault.Path);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ReservesOverNineTenthsOfABackend_AreRefused()
    {
        const string Yaml = """
            backends: [{ name: b, probe_budget: 0.02 }]
            domains:
              - name: default
                policies:
                  - { name: gold, backend: b, reserve: 0.5, clients: [g*] }
                  - { name: rest, backend: b, reserve: 0.41, probes: 0.01, dither: true }
            """;

        var set = PolicyReader.Read(Yaml.Replace("0.41", "0.4", StringComparison.Ordinal), FeatureSchema.V1, out _)!;
        PolicyReader.Read(Yaml, FeatureSchema.V1, out var faults);

        Assert.Equal((0.5, 0.01, true, 0.02), (set.Policies[0].Reserve, set.Policies[1].Probes, set.Policies[1].Dither, set.Backends[0].ProbeBudget));
        var fault = Assert.Single(faults);
        Assert.Equal((3, "domains"), (fault.Line, fault.Path));
        Assert.Contains("0.91 of backend 'b'", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ from: '25:00', to: '06:00', set: {} }", "from", "00:00 to 23:59")]
    [InlineData("{ from: '24:00', to: '06:00', set: {} }", "from", "00:00 to 23:59")]
    [InlineData("{ from: '9:00', to: '10:00', set: {} }", "from", "'9:00'")]
    [InlineData("{ to: '06:00', set: {} }", "from", "is missing")]
    [InlineData("{ from: '06:00', set: {} }", "to", "is missing")]
    [InlineData("{ from: '06:00', to: '24:30', set: {} }", "to", "00:00 to 24:00")]
    [InlineData("{ from: '06:00', to: '06:00', set: {} }", "to", "00:00 to 24:00")]
    [InlineData("{ from: '06:00', to: '07:00' }", "set", "is missing")]
    [InlineData("{ days: [monday], from: '06:00', to: '07:00', set: {} }", "days", "'monday'")]
    [InlineData("{ days: [], from: '06:00', to: '07:00', set: {} }", "days", "is empty")]
    [InlineData("{ from: '06:00', to: '07:00', set: { weight: -1 } }", "set.weight", "0.001 to 1000")]
    [InlineData("{ from: '06:00', to: '07:00', set: { backend: b } }", "set.backend", "not known")]
    [InlineData("{ from: '06:00', to: '07:00', set: { fallback_rate: 2000 } }", "set.fallback_rate", "inside the envelope")]
    [InlineData("{ from: '06:00', to: '07:00', set: { model: auto } }", "set.model", "holdout_share")]
    [InlineData("{ from: '06:00', to: '07:00', until: x, set: {} }", "until", "not known")]
    public void Read_BadScheduleRule_SaysLineColumnAndPath(string rule, string path, string message)
    {
        var yaml = $"""
            backends: [name: b]
            domains:
              - name: default
                policies:
                  - name: p
                    backend: b
                    schedule:
                      - {rule}
            """;

        PolicyReader.Read(yaml, FeatureSchema.V1, out var faults);

        var fault = Assert.Single(faults);
        Assert.Equal(8, fault.Line);
        Assert.True(fault.Column >= 13, $"column {fault.Column}");
        Assert.Equal($"domains[0].policies[0].schedule[0].{path}", fault.Path);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ days: [sat], from: '22:00', to: '06:00', set: {} }", "{ days: [sun], from: '05:59', to: '07:00', set: {} }")]
    [InlineData("{ from: '00:00', to: '24:00', set: {} }", "{ days: [tue], from: '12:00', to: '12:01', set: {} }")]
    public void Read_RulesThatOverlap_AreRefused(string first, string second)
    {
        var yaml = $"domains: [{{ name: d, policies: [{{ name: p, schedule: [\n{first},\n{second}] }}] }}]";

        PolicyReader.Read(yaml, FeatureSchema.V1, out var faults);

        var fault = Assert.Single(faults);
        Assert.Equal((3, "domains[0].policies[0].schedule[1].from"), (fault.Line, fault.Path));
        Assert.Contains("overlaps rule 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ModelAutoWithoutHoldout_IsRefused()
    {
        PolicyReader.Read("backends: [name: b]\ndomains: [{ name: d, policies: [{ name: p, backend: b, model: auto }] }]", FeatureSchema.V1, out var faults);

        Assert.Contains("holdout_share", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BadProbeBudget_SaysLineAndRange()
    {
        PolicyReader.Read("backends: [{ name: b,\n  probe_budget: 0.5 }]\ndomains: [{ name: d, policies: [{ name: p }] }]", FeatureSchema.V1, out var faults);

        var fault = Assert.Single(faults);
        Assert.Equal((2, 17, "backends[0].probe_budget"), (fault.Line, fault.Column, fault.Path));
        Assert.Contains("0 to 0.1", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("just text")]
    [InlineData("domains: [")]
    [InlineData("domains: {a: b}")]
    [InlineData("domains: []")]
    [InlineData("domains:\n  - name: d")]
    [InlineData("a: 1\na: 2")]
    [InlineData("--- a\n--- b")]
    [InlineData("domains: *nowhere")]
    [InlineData("domains:\n  - name: d\n    policies:\n      - name: p\n      - name: p")]
    public void Read_Malformed_IsRefusedWithAPlace(string yaml)
    {
        var set = PolicyReader.Read(yaml, FeatureSchema.V1, out var faults);

        Assert.Null(set);
        Assert.All(faults, fault => Assert.True(fault.Line >= 1 && fault.Column >= 1, fault.ToString()));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void Read_DeeplyNested_IsRefused()
    {
        PolicyReader.Read(new string('[', 1_000_000), FeatureSchema.V1, out var faults);

        Assert.Contains("nested", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralFaults_SaysAll()
    {
        PolicyReader.Read("domains:\n  - name: d\n    policies:\n      - name: p\n        cost: x\n        weight: 0", FeatureSchema.V1, out var faults);

        Assert.Equal([5, 6], faults.Select(fault => fault.Line));
    }

    [Fact]
    public void Read_RandomlyDamagedFile_NeverThrows()
    {
        var good = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "policies.yaml"));
        const string Signs = "{}[]:-#&*!|>'\"%@`\t\n a0\0";
        var random = new Random(4);
        for (var i = 0; i < 3_000; i++)
        {
            var damaged = good.ToCharArray();
            for (var j = 0; j < random.Next(1, 6); j++)
            {
                damaged[random.Next(damaged.Length)] = Signs[random.Next(Signs.Length)];
            }

            var set = PolicyReader.Read(new string(damaged), FeatureSchema.V1, out var faults);

            Assert.True(set is not null || faults.Count > 0);
        }
    }

    [Fact]
    public void Resolve_Patterns_TakesTheFirstThatMatches()
    {
        const string Yaml = """
            domains:
              - name: default
                policies:
                  - { name: bots, clients: [bot-*, "*-crawler"] }
                  - { name: rest }
            """;
        var set = PolicyReader.Read(Yaml, FeatureSchema.V1, out _)!;

        Assert.Equal("bots", set.Resolve("", "bot-7")!.Name);
        Assert.Equal("bots", set.Resolve("default", "my-crawler")!.Name);
        Assert.Equal("rest", set.Resolve("default", "robot-7")!.Name);
    }
}
