using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Policies;

public sealed class ValidateCommandTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Run_GoodBadAndMissingFile_SaysSoAndExitsAccordingly()
    {
        var output = new StringWriter();
        var good = Path.Combine(AppContext.BaseDirectory, "policies.yaml");
        File.WriteAllText(_path, "domains:\n  - name: d\n    policies:\n      - { name: p, cost: nine }\n");

        Assert.Equal(0, ValidateCommand.Run(["validate", good], FeatureSchema.V1, output));
        Assert.Equal(1, ValidateCommand.Run(["validate", good, _path], FeatureSchema.V1, output));
        Assert.Equal(2, ValidateCommand.Run(["validate", _path + ".none"], FeatureSchema.V1, output));
        Assert.Equal(2, ValidateCommand.Run(["validate"], FeatureSchema.V1, output));

        Assert.Contains($"{_path}(4,26): domains[0].policies[0].cost: is 'nine'", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 policies, 1 backends", output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_path);
}
