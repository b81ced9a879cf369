using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace RateLimitSuite.Audit.Agents;

/// <summary>The suite's HTTP API for agents, at the dashboard.</summary>
internal sealed class SuiteApi(HttpClient client, AgentToken token)
{
    private const string Prefix = "api/v1/";

    /// <summary>Reads something; null values of the query are left out.</summary>
    public Task<string> GetAsync(string path, CancellationToken cancellationToken, params ReadOnlySpan<(string Name, object? Value)> query) =>
        SendAsync(HttpMethod.Get, path + ToQuery(query), null, cancellationToken);

    /// <summary>Changes something.</summary>
    public Task<string> PostAsync(string path, object body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>Takes something away.</summary>
    public Task<string> DeleteAsync(string path, CancellationToken cancellationToken, params ReadOnlySpan<(string Name, object? Value)> query) =>
        SendAsync(HttpMethod.Delete, path + ToQuery(query), null, cancellationToken);

    private async Task<string> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, Prefix + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Current());
        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        using var answer = await client.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode ? text : throw new SuiteApiException($"The suite answered {(int)answer.StatusCode}: {DetailOf(text)}");
    }

    private static string ToQuery(ReadOnlySpan<(string Name, object? Value)> query)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in query)
        {
            if (value is not (null or ""))
            {
                var written = value is bool flag ? (flag ? "true" : "false") : FormattableString.Invariant($"{value}");
                text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(written));
            }
        }

        return text.ToString();
    }

    private static string DetailOf(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text).TryGetProperty("detail", out var detail) ? detail.ToString() : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
