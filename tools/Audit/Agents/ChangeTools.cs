using System.ComponentModel;
using ModelContextProtocol.Server;

namespace RateLimitSuite.Audit.Agents;

/// <summary>What an agent with an operator's token may do besides.</summary>
internal sealed class ChangeTools(SuiteApi api)
{
    [McpServerTool(Name = "set_override", Destructive = true)]
    [Description("Tightens or loosens one client or one subnet for a while. The reason and the SHAP values of the named requests stay in the audit log.")]
    public Task<string> SetAsync(
        [Description("Why, 1..500 characters")] string reason,
        [Description("Seconds, 1..2592000; 3600 is an hour")] double ttl_seconds,
        [Description("Decisions that justify it, at most 20")] string[] request_ids,
        [Description("All clients of a network, CIDR; or client_id")] string? subnet = null,
        [Description("One client; or subnet")] string? client_id = null,
        [Description("On the rate otherwise in force: 0.5 halves it; or refill_rate, or deny")] double? factor = null,
        [Description("tokens/s for each client")] double? refill_rate = null,
        [Description("Let nothing through")] bool deny = false,
        CancellationToken cancellationToken = default) => api.PostAsync(
            "overrides", new { reason, ttl_seconds, request_ids, subnet, client_id, factor, refill_rate, deny }, cancellationToken);

    [McpServerTool(Name = "remove_override", Destructive = true), Description("Ends an override before its time.")]
    public Task<string> RemoveAsync(string id, [Description("Why, 1..500 characters")] string reason, CancellationToken cancellationToken) =>
        api.DeleteAsync($"overrides/{Uri.EscapeDataString(id)}", cancellationToken, ("reason", reason));
}
