using Microsoft.Extensions.Configuration;

namespace RateLimitSuite.Contracts;

/// <summary>Reads the <see cref="LoopProfile"/> from configuration.</summary>
public static class LoopProfileConfiguration
{
    /// <summary>The named profile with every key of section <c>Loop</c> laid over it.</summary>
    /// <exception cref="ArgumentException">No such profile, or a number out of its range: the message names the key.</exception>
    public static LoopProfile GetLoopProfile(this IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(LoopProfile.Section);
        var profile = LoopProfile.Named(section[nameof(LoopProfile.Profile)]) with { };

        // The binder appends to a list that has values, so a configured list replaces the preset by hand.
        var shares = section.GetSection(nameof(LoopProfile.CanaryShares)).Get<double[]>();
        if (shares is not null)
        {
            profile = profile with { CanaryShares = [] };
        }

        Bind(section, profile);
        profile = profile with { CanaryShares = shares ?? profile.CanaryShares };
        Check(profile);
        return profile;
    }

    // A key that is misspelt would leave a preset in force without a word.
    private static void Bind(IConfigurationSection section, LoopProfile profile)
    {
        try
        {
            section.Bind(profile, options => options.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException fault)
        {
            throw new ArgumentException($"Section Loop cannot be read: {fault.Message}", fault);
        }
    }

    private static void Check(LoopProfile profile)
    {
        Positive(profile.Window, nameof(profile.Window));
        Positive(profile.DetectorWindow, nameof(profile.DetectorWindow));
        Positive(profile.WindowTimeout, nameof(profile.WindowTimeout));
        Positive(profile.ShadowTime, nameof(profile.ShadowTime));
        Positive(profile.CanaryTime, nameof(profile.CanaryTime));
        Positive(profile.WatchTime, nameof(profile.WatchTime));
        NotNegative(profile.ModelSpan, nameof(profile.ModelSpan));
        NotNegative(profile.HoldoutSpan, nameof(profile.HoldoutSpan));
        NotNegative(profile.BetweenStarts, nameof(profile.BetweenStarts));
        AtLeastOne(profile.FirstModelRows, nameof(profile.FirstModelRows));
        AtLeastOne(profile.ModelRows, nameof(profile.ModelRows));
        AtLeastOne(profile.ShadowDecisions, nameof(profile.ShadowDecisions));
        AtLeastOne(profile.CanaryDecisions, nameof(profile.CanaryDecisions));
        if (profile.QuietWindows < 0)
        {
            throw new ArgumentException($"Loop:QuietWindows is {profile.QuietWindows}; it must not be below 0.");
        }

        if (profile.HoldoutShare is not (> 0 and < 1))
        {
            throw new ArgumentException($"Loop:HoldoutShare is {profile.HoldoutShare}; it must be between 0 and 1.");
        }

        if (profile.CanaryShares.Count == 0 || profile.CanaryShares.Any(s => s is not (> 0 and <= 1)) || profile.CanaryShares[^1] != 1)
        {
            throw new ArgumentException("Loop:CanaryShares must be shares over 0 that end in 1.");
        }
    }

    private static void Positive(TimeSpan value, string key)
    {
        if (value <= TimeSpan.Zero)
        {
            throw new ArgumentException($"Loop:{key} is {value}; it must be over zero.");
        }
    }

    private static void NotNegative(TimeSpan value, string key)
    {
        if (value < TimeSpan.Zero)
        {
            throw new ArgumentException($"Loop:{key} is {value}; it must not be below zero.");
        }
    }

    private static void AtLeastOne(int value, string key)
    {
        if (value < 1)
        {
            throw new ArgumentException($"Loop:{key} is {value}; it must be 1 or more.");
        }
    }
}
