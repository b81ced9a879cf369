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
