using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.Explainer.Narration;

/// <summary>A language model that tells explanations in other words (section <c>Explainer:Narrator</c>). Off unless <see cref="Url"/> is set.</summary>
internal sealed record NarratorOptions
{
    public const string Section = "Explainer:Narrator";

    /// <summary>Base address of an API in OpenAI's manner, such as <c>http://localhost:11434/v1</c>; null: no narrator.</summary>
    public Uri? Url { get; init; }

    /// <summary>The model it is asked for.</summary>
    [Required, StringLength(200, MinimumLength = 1)] public string Model { get; init; } = "default";

    /// <summary>Bearer token; a secret. Empty: none is sent.</summary>
    public string Key { get; init; } = "";

    /// <summary>How long it may take. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")] public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);
}
