using System.Globalization;
using System.Text;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>Look-ups in table <c>explanations</c>.</summary>
internal sealed class ExplanationQuery(NpgsqlDataSource database, FeatureSchema schema)
{
    private const string Columns =
        """
        decided_at, request_id, client_id, subnet, allowed, decided_by, reason, policy, backend, prediction, refill_rate, base_value, shap,
        features, model_version, mode, background_id, sampled, arm
        """;

    private const int SubnetsShown = 20;

    /// <summary>The stored explanation; null: none.</summary>
    public async Task<ExplainedDecision?> FindAsync(string requestId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM explanations WHERE request_id = $1 ORDER BY decided_at DESC LIMIT 1");
        command.Parameters.AddWithValue(requestId);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Read(reader) : null;
    }

    /// <summary>One page: newest first, or by |SHAP value| of the asked feature.</summary>
    /// <param name="request">Checked by the caller; its feature, if any, is in the schema.</param>
    /// <param name="from">Earliest decision.</param>
    /// <param name="to">Latest decision, exclusive.</param>
    /// <param name="offset">Rows of earlier pages.</param>
    /// <param name="count">Rows of this page.</param>
    /// <param name="cancellation">Stops the query.</param>
    public async Task<List<ExplainedDecision>> PageAsync(
        QueryExplanationsRequest request, DateTimeOffset from, DateTimeOffset to, int offset, int count, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand();
        var where = Where(command, request, from, to);
        var order = request.Feature.Length > 0 ? $"abs(shap[{schema.IndexOf(request.Feature) + 1}]) DESC, decided_at DESC" : "decided_at DESC";
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"SELECT {Columns} FROM explanations WHERE {where} ORDER BY {order}, request_id LIMIT {count} OFFSET {offset}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<ExplainedDecision>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(Read(reader));
        }

        return rows;
    }

    /// <summary>Mean SHAP values of the whole selection by subnet, the busiest first.</summary>
    public async Task<List<SubnetMean>> SubnetsAsync(
        QueryExplanationsRequest request, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand();
        var means = string.Join(", ", Enumerable.Range(1, schema.Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"avg(shap[{i}])")));
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"SELECT subnet, count(*), ARRAY[{means}] FROM explanations WHERE {Where(command, request, from, to)} GROUP BY subnet ORDER BY 2 DESC, 1 LIMIT {SubnetsShown}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var subnets = new List<SubnetMean>();
        while (await reader.ReadAsync(cancellation))
        {
            subnets.Add(new SubnetMean { Subnet = reader.GetString(0), Count = (ulong)reader.GetInt64(1), MeanShap = { reader.GetFieldValue<double[]>(2) } });
        }

        return subnets;
    }

    private string Where(NpgsqlCommand command, QueryExplanationsRequest request, DateTimeOffset from, DateTimeOffset to)
    {
        var where = new StringBuilder();
        void And(string condition, object value)
        {
            command.Parameters.AddWithValue(value);
            where.Append(where.Length > 0 ? " AND " : "").AppendFormat(CultureInfo.InvariantCulture, condition, "$" + command.Parameters.Count);
        }

        And("decided_at >= {0}", from.UtcDateTime);
        And("decided_at < {0}", to.UtcDateTime);
        if (request.ClientId.Length > 0)
        {
            And("client_id = {0}", request.ClientId);
        }

        if (request.Subnet.Length > 0)
        {
            And("subnet = {0}", request.Subnet);
        }

        if (request.ModelVersion.Length > 0)
        {
            And("model_version = {0}", request.ModelVersion);
        }

        if (request.HasAllowed)
        {
            And("allowed = {0}", request.Allowed);
        }

        if (request.Feature.Length > 0 && request.Sign != 0)
        {
            And($"sign(shap[{schema.IndexOf(request.Feature) + 1}]) = {{0}}", (double)Math.Sign(request.Sign));
        }

        return where.ToString();
    }

    private static ExplainedDecision Read(NpgsqlDataReader row) => new()
    {
        DecidedAt = row.GetFieldValue<DateTimeOffset>(0),
        RequestId = row.GetString(1),
        ClientId = row.GetString(2),
        Subnet = row.GetString(3),
        Allowed = row.GetBoolean(4),
        DecidedBy = (DecidedBy)row.GetInt16(5),
        Reason = (DecisionReason)row.GetInt16(6),
        Policy = row.GetString(7),
        Backend = row.GetString(8),
        Prediction = row.GetDouble(9),
        RefillRate = row.GetDouble(10),
        BaseValue = row.GetDouble(11),
        Shap = row.GetFieldValue<double[]>(12),
        Features = row.GetFieldValue<double[]>(13),
        ModelVersion = row.GetString(14),
        Mode = row.GetString(15),
        BackgroundId = row.GetString(16),
        Sampled = row.GetDouble(17),
        Arm = (Arm)row.GetInt16(18),
    };
}
