using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RateLimitSuite.Contracts;

/// <summary>The features of a model: their names, order, units and ranges, and a hash that is checked wherever a model meets data.</summary>
/// <remarks>A feature vector holds <see cref="Count"/> doubles in this order, each rounded once to a float-exact value
/// (<see cref="Canonical"/>), as native LightGBM and ML.NET may hold thresholds as floats; none is ever NaN.</remarks>
public sealed class FeatureSchema
{
    /// <summary>Index of <c>request_volume</c>: requests/s that the client offers (not: that were admitted), sliding 1 s.</summary>
    public const int RequestVolume = 0;

    /// <summary>Index of <c>avg_latency</c>: seconds, mean over 5 s of the client's outcomes, else its backend's, else 0.</summary>
    public const int AverageLatency = 1;

    /// <summary>Index of <c>client_risk</c>, 0..1.</summary>
    public const int ClientRisk = 2;

    /// <summary>Index of <c>hour_of_day</c>, 0..23, UTC.</summary>
    public const int HourOfDay = 3;

    /// <summary>Index of <c>request_size</c>, bytes.</summary>
    public const int RequestSize = 4;

    /// <summary>Index of <c>ip_reputation</c>, 0..1, 1 is good.</summary>
    public const int IpReputation = 5;

    /// <summary>Most features that a schema may hold.</summary>
    public const int MaximumCount = 64;

    // A tree keeps its categories as a set of bits, one for each code up to the greatest.
    private const int CategoryMaximum = 65_535;

    private readonly Feature[] _features;

    private FeatureSchema(string version, Feature[] features)
    {
        Version = version;
        _features = features;
        Hash = ComputeHash(version, features);
    }

    /// <summary>Schema v1, as the system was specified with.</summary>
    public static FeatureSchema V1 { get; } = new("v1",
    [
        new("request_volume", "requests/s", 0, 1e9, 0, FeatureSource.Limiter),
        new("avg_latency", "s", 0, 3600, 0, FeatureSource.Limiter),
        new("client_risk", "", 0, 1, 0, FeatureSource.Caller),
        new("hour_of_day", "h", 0, 23, 0, FeatureSource.Limiter),
        new("request_size", "By", 0, 1e12, 0, FeatureSource.Caller),
        new("ip_reputation", "", 0, 1, 1, FeatureSource.Caller),
    ]);

    /// <summary><c>v1</c>, or <c>v1+name+name</c> with appended features.</summary>
    public string Version { get; }

    /// <summary>First 16 hexadecimal digits of the SHA-256 of names, units, ranges and order.</summary>
    public string Hash { get; }

    /// <summary>Number of features, F.</summary>
    public int Count => _features.Length;

    /// <summary>The features in order.</summary>
    public IReadOnlyList<Feature> Features => _features;

    /// <summary>Names in order.</summary>
    public IReadOnlyList<string> Names => field ??= [.. _features.Select(f => f.Name)];

    /// <summary>A schema with a deployment's own caller features after these.</summary>
    /// <exception cref="ArgumentException">A name is taken or malformed, a range is empty, or there are too many.</exception>
    public FeatureSchema Append(params IReadOnlyList<Feature> more)
    {
        ArgumentNullException.ThrowIfNull(more);
        var all = new List<Feature>(_features);
        foreach (var feature in more)
        {
            CheckAppended(feature, all);
            all.Add(feature);
        }

        return more.Count == 0 ? this : new(string.Join('+', [Version, .. more.Select(f => f.Name)]), [.. all]);
    }

    /// <summary>The position of a feature, or -1.</summary>
    public int IndexOf(string name) => Array.FindIndex(_features, f => f.Name == name);

    /// <summary>Says what is wrong with a value, naming feature and range; null where nothing is.</summary>
    public string? Fault(int index, double value)
    {
        var feature = _features[index];
        if (!(value >= feature.Minimum && value <= feature.Maximum))   // Written so that NaN fails too.
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"{feature.Name} is {value}; it must be {feature.Minimum}..{feature.Maximum}{(feature.Unit.Length > 0 ? " " + feature.Unit : "")}.");
        }

        return feature.Categorical && value != Math.Floor(value)
            ? string.Create(CultureInfo.InvariantCulture, $"{feature.Name} is {value}; a category is a whole number.")
            : null;
    }

    /// <summary>Rounds a value once to what a float holds exactly.</summary>
    public static double Canonical(double value) => (float)value;

    private static void CheckAppended(Feature feature, List<Feature> present)
    {
        if (feature.Name.Length is 0 or > 40 || !feature.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
        {
            throw new ArgumentException($"Feature name '{feature.Name}' must be 1..40 characters of a-z, 0-9 and _.");
        }

        if (present.Any(f => f.Name == feature.Name))
        {
            throw new ArgumentException($"Feature name '{feature.Name}' is taken.");
        }

        if (!(feature.Minimum < feature.Maximum) || !(feature.Default >= feature.Minimum && feature.Default <= feature.Maximum))
        {
            throw new ArgumentException($"Feature '{feature.Name}' needs minimum < maximum with its default between them.");
        }

        if (feature.Categorical && !(IsCode(feature.Minimum) && IsCode(feature.Maximum) && IsCode(feature.Default)))
        {
            throw new ArgumentException($"Feature '{feature.Name}' is categorical: minimum, maximum and default must be whole numbers from 0 to {CategoryMaximum}.");
        }

        if (present.Count == MaximumCount)
        {
            throw new ArgumentException($"A schema holds at most {MaximumCount} features.");
        }
    }

    private static bool IsCode(double value) => value is >= 0 and <= CategoryMaximum && value == Math.Floor(value);

    private static string ComputeHash(string version, Feature[] features)
    {
        var text = new StringBuilder(version);
        foreach (var f in features)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{f.Name}|{f.Unit}|{f.Minimum:R}|{f.Maximum:R}|{(f.Categorical ? "categorical" : "numeric")}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
