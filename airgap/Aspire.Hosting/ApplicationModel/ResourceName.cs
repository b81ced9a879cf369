namespace Aspire.Hosting.ApplicationModel;

/// <summary>The rules for names, which end up in host names, manifests and variables.</summary>
internal static class ResourceName
{
    private const int LongestName = 64;

    public static void ThrowIfInvalid(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var valid = name.Length <= LongestName
            && char.IsAsciiLetter(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            && !name.Contains("--", StringComparison.Ordinal)
            && !name.EndsWith('-');
        if (!valid)
        {
            throw new ArgumentException(
                $"Resource name '{name}' is not valid: 1 to {LongestName} ASCII letters, digits and hyphens, starting with a letter, without double or trailing hyphen.",
                nameof(name));
        }
    }

    /// <summary>The name as part of an environment variable: whatever is not a letter or digit becomes an underscore.</summary>
    public static string ToVariable(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
