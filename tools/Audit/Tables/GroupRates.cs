using Npgsql;

namespace RateLimitSuite.Audit.Tables;

/// <summary>Sums <c>claw_metrics</c> by groups of clients.</summary>
internal static class GroupRates
{
    /// <summary>The dimension of the one group of all.</summary>
    public const string Everybody = "all";

    private const int SubnetsShown = 50;

    // Rows know no subnet; a client's last explanation does.
    private const string Sql =
        """
        WITH rows AS (
            SELECT client_id, policy, decisions, wrongly_throttled,
                   CASE WHEN client_risk < 0.25 THEN '0.00-0.25' WHEN client_risk < 0.5 THEN '0.25-0.50'
                        WHEN client_risk < 0.75 THEN '0.50-0.75' ELSE '0.75-1.00' END AS risk
            FROM claw_metrics WHERE request_ts >= now() - $1),
        subnets AS (
            SELECT DISTINCT ON (client_id) client_id, subnet FROM explanations
            WHERE decided_at >= now() - $1 AND subnet <> '' ORDER BY client_id, decided_at DESC)
        SELECT 0 AS rank, 'all' AS dimension, 'everybody' AS name, sum(decisions)::bigint AS decisions, sum(wrongly_throttled)::bigint FROM rows HAVING count(*) > 0
        UNION ALL SELECT 1, 'tier', policy, sum(decisions)::bigint, sum(wrongly_throttled)::bigint FROM rows GROUP BY policy
        UNION ALL SELECT 2, 'risk', risk, sum(decisions)::bigint, sum(wrongly_throttled)::bigint FROM rows GROUP BY risk
        UNION ALL (SELECT 3, 'subnet', coalesce(subnet, 'not known'), sum(decisions)::bigint, sum(wrongly_throttled)::bigint
                   FROM rows LEFT JOIN subnets USING (client_id) GROUP BY subnet ORDER BY 4 DESC LIMIT $2)
        ORDER BY rank, name
        """;

    /// <summary>Everybody, then each tier (policy), risk band and busy subnet; empty: there are no rows.</summary>
    public static async Task<IReadOnlyList<GroupRate>> ReadAsync(NpgsqlDataSource database, TimeSpan history, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(history);
        command.Parameters.AddWithValue(SubnetsShown);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var groups = new List<GroupRate>();
        while (await reader.ReadAsync(cancellationToken))
        {
            groups.Add(new(reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4)));
        }

        return groups;
    }
}
