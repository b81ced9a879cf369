using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Explainer.Explanations;

namespace RateLimitSuite.Explainer.Narration;

/// <summary>Has a language model tell an explanation in other words.</summary>
/// <remarks>It is given what decided, the base value and the SHAP values by name of the feature: no client, no address, no request, no
/// feature's value leaves the suite. Its text stands beside the deterministic sentence, never in its place.</remarks>
internal sealed class Narrator(HttpClient http, IOptions<NarratorOptions> options, FeatureSchema schema)
{
    private const int MostTokens = 200;
    private const int MostCharacters = 2_000;
    private const int MostBytes = 256 * 1024;

    private const string Task =
        """
        You tell operators of a rate limiter why a request was allowed or throttled. You get JSON: what decided, the base value (the refill rate
        expected without features) and each feature's SHAP value, all in tokens/s; base value plus SHAP values is the predicted refill rate.
        Answer in at most three plain sentences. Name only features that are given, with their numbers. Blame features only if decided_by is "bucket".
        """;

    /// <summary>The language model that is asked; empty: none is set up.</summary>
    public string Name => options.Value.Url is null ? "" : options.Value.Model;

    /// <summary>One explanation in its words.</summary>
    /// <exception cref="RpcException">None is set up, or it did not answer as agreed.</exception>
    public async Task<string> TellAsync(ExplainedDecision explained, CancellationToken cancellation)
    {
        var set = options.Value;
        if (set.Url is null)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "No narrator is set up: Explainer:Narrator:Url is empty."));
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(set.Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{set.Url.ToString().TrimEnd('/')}/chat/completions") { Content = JsonContent.Create(Question(explained, set.Model)) };
            if (set.Key.Length > 0)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", set.Key);
            }

            using var answer = await http.SendAsync(request, limit.Token);
            answer.EnsureSuccessStatusCode();
            await answer.Content.LoadIntoBufferAsync(MostBytes, limit.Token);
            return Text(await answer.Content.ReadAsStringAsync(limit.Token));
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or InvalidOperationException or ArgumentOutOfRangeException
            || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"The narrator did not answer: {fault.Message}"));
        }
    }

    /// <summary>All that the language model is told.</summary>
    internal JsonObject Question(ExplainedDecision explained, string model)
    {
        var shap = new JsonObject();
        for (var i = 0; i < explained.Shap.Length; i++)
        {
            shap[schema.Names[i]] = Math.Round(explained.Shap[i], 3);
        }

        var facts = new JsonObject
        {
            ["allowed"] = explained.Allowed,
            ["decided_by"] = explained.DecidedBy.Word(),
            ["base_value"] = Math.Round(explained.BaseValue, 3),
            ["shap"] = shap,
        };
        return new JsonObject
        {
            ["model"] = model,
            ["temperature"] = 0,
            ["max_tokens"] = MostTokens,
            ["messages"] = new JsonArray(
                new JsonObject { ["role"] = "system", ["content"] = Task },
                new JsonObject { ["role"] = "user", ["content"] = facts.ToJsonString() }),
        };
    }

    private static string Text(string json)
    {
        var text = JsonNode.Parse(json)?["choices"]?[0]?["message"]?["content"]?.GetValue<string>()?.Trim();
        return text is { Length: > 0 }
            ? text[..Math.Min(text.Length, MostCharacters)]
            : throw new JsonException("choices[0].message.content is missing.");
    }
}
