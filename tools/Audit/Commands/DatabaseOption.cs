using System.CommandLine;
using Npgsql;

namespace RateLimitSuite.Audit.Commands;

/// <summary>The option <c>--database</c>.</summary>
internal static class DatabaseOption
{
    private const string Variable = "ConnectionStrings__suite";

    /// <summary>Creates the option.</summary>
    public static Option<string?> Create() => new("--database") { Description = $"Connection string of database suite; unset: the environment's {Variable}." };

    /// <summary>Opens the database; null: none is named.</summary>
    public static NpgsqlDataSource? Open(string? connectionString)
    {
        var text = connectionString ?? Environment.GetEnvironmentVariable(Variable);
        try
        {
            return string.IsNullOrEmpty(text) ? null : NpgsqlDataSource.Create(text);
        }
        catch (ArgumentException fault)
        {
            throw new UsageException($"the connection string of --database cannot be used: {fault.Message}");
        }
    }
}
