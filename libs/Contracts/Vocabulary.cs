using System.Collections.Frozen;
using System.Text.RegularExpressions;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Contracts;

/// <summary>The enums of the protocol as the lower-case words that JSON, metrics, tables and pages use: <c>bucket_empty</c>.</summary>
public static partial class Vocabulary
{
    private static readonly FrozenDictionary<DecisionReason, string> Reasons = Words<DecisionReason>();
    private static readonly FrozenDictionary<DecidedBy, string> Deciders = Words<DecidedBy>();
    private static readonly FrozenDictionary<Arm, string> Arms = Words<Arm>();
    private static readonly FrozenDictionary<OutcomeClass, string> Classes = Words<OutcomeClass>();
    private static readonly FrozenDictionary<Verdict, string> Verdicts = Words<Verdict>();

    /// <summary>The word for a reason; <c>unspecified</c> for what this build does not know.</summary>
    public static string Word(this DecisionReason value) => Reasons.GetValueOrDefault(value, "unspecified");

    /// <inheritdoc cref="Word(DecisionReason)"/>
    public static string Word(this DecidedBy value) => Deciders.GetValueOrDefault(value, "unspecified");

    /// <inheritdoc cref="Word(DecisionReason)"/>
    public static string Word(this Arm value) => Arms.GetValueOrDefault(value, "unspecified");

    /// <inheritdoc cref="Word(DecisionReason)"/>
    public static string Word(this OutcomeClass value) => Classes.GetValueOrDefault(value, "unspecified");

    /// <inheritdoc cref="Word(DecisionReason)"/>
    public static string Word(this Verdict value) => Verdicts.GetValueOrDefault(value, "unknown");

    private static FrozenDictionary<T, string> Words<T>() where T : struct, Enum =>
        Enum.GetValues<T>().ToFrozenDictionary(value => value, value => CamelBoundary().Replace(value.ToString(), "_").ToLowerInvariant());

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex CamelBoundary();
}
