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

        section.Bind(profile);
        profile = profile with { CanaryShares = shares ?? profile.CanaryShares };
        Check(profile);
        return profile;
    }

    private static void Check(LoopProfile profile)
    {
        Positive(profile.Window, nameof(profile.Window));
        Positive(profile.DetectorWindow, nameof(profile.DetectorWindow));
        Positive(profile.WindowTimeout, nameof(profile.WindowTimeout));
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
}
