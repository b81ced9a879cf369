using Npgsql;

namespace RateLimitSuite.ServiceDefaults.Tests.Postgres;

public sealed class PostgresRetryTests
{
    [Theory]
    [InlineData(PostgresErrorCodes.AdminShutdown, true)]   // a killed server's last words on a pooled connection
    [InlineData(PostgresErrorCodes.CrashShutdown, true)]
    [InlineData(PostgresErrorCodes.CannotConnectNow, true)]
    [InlineData(PostgresErrorCodes.UndefinedTable, false)]
    [InlineData(PostgresErrorCodes.InvalidPassword, false)]
    public void IsAway_StateOfTheServer_TellsAwayFromRefusing(string state, bool away) =>
        Assert.Equal(away, PostgresRetry.IsAway(new PostgresException("as the server says", "FATAL", "FATAL", state)));
}
