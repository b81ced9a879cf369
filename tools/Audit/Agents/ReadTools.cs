using System.ComponentModel;
using ModelContextProtocol.Server;

namespace RateLimitSuite.Audit.Agents;

/// <summary>What any agent may look at.</summary>
internal sealed class ReadTools(SuiteApi api)
{
    [McpServerTool(Name = "get_status", ReadOnly = true), Description("What is served now: model, decisions and throttled per second, error and violation rate with limits, heaviest clients.")]
    public Task<string> StatusAsync(CancellationToken cancellationToken) => api.GetAsync("status", cancellationToken);

    [McpServerTool(Name = "list_alerts", ReadOnly = true), Description("Alerts and what followed, newest first.")]
    public Task<string> AlertsAsync([Description("1..1000")] int limit = 20, CancellationToken cancellationToken = default) =>
        api.GetAsync("alerts", cancellationToken, ("limit", limit));

    [McpServerTool(Name = "query_explanations", ReadOnly = true)]
    [Description("Explanations of decisions with their SHAP values in tokens/s (below 0: the feature took rate away), and mean SHAP values by subnet over the selection.")]
    public Task<string> QueryAsync(
        [Description("Ranks by the size of this feature's SHAP value: request_volume, avg_latency, client_risk, hour_of_day, request_size, ip_reputation")] string? feature = null,
        [Description("-1: only where the feature took rate away, 1: only where it gave some, 0: both")] int sign = 0,
        [Description("/24 or /48, such as 10.1.2.0/24")] string? subnet = null,
        [Description("One client")] string? client_id = null,
        [Description("Only allowed, or only throttled")] bool? allowed = null,
        [Description("RFC 3339; an hour ago by default")] string? from = null,
        [Description("RFC 3339; now by default")] string? to = null,
        [Description("1..500")] int page_size = 20,
        string? page_token = null,
        CancellationToken cancellationToken = default) => api.GetAsync(
            "explanations", cancellationToken, ("feature", feature), ("sign", sign), ("subnet", subnet), ("client_id", client_id), ("allowed", allowed),
            ("from", from), ("to", to), ("page_size", page_size), ("page_token", page_token));

    [McpServerTool(Name = "get_explanation", ReadOnly = true), Description("Why one decision was made, by its request id.")]
    public Task<string> FindAsync(string request_id, CancellationToken cancellationToken) =>
        api.GetAsync($"explanations/{Uri.EscapeDataString(request_id)}", cancellationToken);

    [McpServerTool(Name = "list_overrides", ReadOnly = true), Description("Overrides in force and, where asked for, the audit log with reasons and evidence.")]
    public Task<string> OverridesAsync([Description("Adds the audit log")] bool audit = false, CancellationToken cancellationToken = default) =>
        api.GetAsync("overrides", cancellationToken, ("audit", audit));
}
