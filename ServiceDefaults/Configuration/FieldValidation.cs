using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Holds settings against their annotations; what is wrong is said with the configuration key, the value and what it must be.</summary>
/// <remarks>The framework's own validator names the class and the property, and leaves out the value.</remarks>
internal sealed class FieldValidation<T>(string section) : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options)
    {
        var faults = new List<string>();
        foreach (var property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(options);
            var context = new ValidationContext(options) { MemberName = property.Name, DisplayName = property.Name };
            faults.AddRange(property.GetCustomAttributes<ValidationAttribute>()
                .Where(rule => rule.GetValidationResult(value, context) != ValidationResult.Success)
                .Select(rule => Describe($"{section}:{property.Name}", value, rule)));
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string Describe(string key, object? value, ValidationAttribute rule)
    {
        var shown = value is null or "" ? "unset" : string.Create(CultureInfo.InvariantCulture, $"{value}");
        return rule switch
        {
            RequiredAttribute => $"{key} is unset; it must be set.",
            RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{key} is {shown}; it must be {range.Minimum}..{range.Maximum}."),
            RegularExpressionAttribute words when words.Pattern.All(c => char.IsAsciiLetter(c) || c == '|') =>
                $"{key} is {shown}; it must be {words.Pattern.Replace("|", " or ", StringComparison.Ordinal)}.",
            _ => rule.FormatErrorMessage(key),   // Without the value: it may be a secret.
        };
    }
}
