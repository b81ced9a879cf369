using System.Reflection;
using System.Text;

namespace RateLimitSuite.ServiceDefaults.Tests.Postgres;

/// <summary>An assembly that embeds just the scripts a test gives it.</summary>
internal sealed class ScriptAssembly(params (string Name, string Sql)[] scripts) : Assembly
{
    public override string[] GetManifestResourceNames() => [.. scripts.Select(script => $"Owner.Migrations.{script.Name}.sql"), "Owner.Other.txt"];

    public override Stream? GetManifestResourceStream(string name) =>
        new MemoryStream(Encoding.UTF8.GetBytes(scripts.First(script => name.EndsWith($".{script.Name}.sql", StringComparison.Ordinal)).Sql));

    public override AssemblyName GetName() => new("Owner");
}
