using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A random value, such as a password.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    // Letters and digits that look alike are left out, and specials that shells or URLs would take apart.
    private const string LowerSet = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperSet = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string NumericSet = "0123456789";
    private const string SpecialSet = "-_.{}~()*+!";

    /// <summary>Characters at least; more when the minima ask for more.</summary>
    public int MinLength { get; set; } = 22;

    /// <summary>Whether it has lower-case letters.</summary>
    public bool Lower { get; set; } = true;

    /// <summary>Whether it has upper-case letters.</summary>
    public bool Upper { get; set; } = true;

    /// <summary>Whether it has digits.</summary>
    public bool Numeric { get; set; } = true;

    /// <summary>Whether it has other characters.</summary>
    public bool Special { get; set; } = true;

    /// <summary>Lower-case letters at least.</summary>
    public int MinLower { get; set; }

    /// <summary>Upper-case letters at least.</summary>
    public int MinUpper { get; set; }

    /// <summary>Digits at least.</summary>
    public int MinNumeric { get; set; }

    /// <summary>Other characters at least.</summary>
    public int MinSpecial { get; set; }

    /// <inheritdoc/>
    public override string GetDefaultValue()
    {
        (bool Use, string Set, int Minimum)[] groups =
            [(Lower, LowerSet, MinLower), (Upper, UpperSet, MinUpper), (Numeric, NumericSet, MinNumeric), (Special, SpecialSet, MinSpecial)];
        var used = groups.Where(g => g.Use).ToArray();
        if (used.Length == 0)
        {
            throw new DistributedApplicationException("A generated parameter needs at least one kind of character.");
        }

        var characters = used.SelectMany(g => RandomNumberGenerator.GetItems<char>(g.Set, g.Minimum)).ToList();
        characters.AddRange(RandomNumberGenerator.GetItems<char>(string.Concat(used.Select(g => g.Set)), Math.Max(0, MinLength - characters.Count)));
        var value = characters.ToArray();
        RandomNumberGenerator.Shuffle(value.AsSpan());
        return new string(value);
    }

    /// <inheritdoc/>
    public override void WriteToManifest(ManifestPublishingContext context)
    {
        var writer = context.Writer;
        writer.WriteStartObject("generate");
        writer.WriteNumber("minLength", MinLength);
        WriteUnlessTrue("lower", Lower);
        WriteUnlessTrue("upper", Upper);
        WriteUnlessTrue("numeric", Numeric);
        WriteUnlessTrue("special", Special);
        WriteUnlessZero("minLower", MinLower);
        WriteUnlessZero("minUpper", MinUpper);
        WriteUnlessZero("minNumeric", MinNumeric);
        WriteUnlessZero("minSpecial", MinSpecial);
        writer.WriteEndObject();

        void WriteUnlessTrue(string name, bool value)
        {
            if (!value)
            {
                writer.WriteBoolean(name, value);
            }
        }

        void WriteUnlessZero(string name, int value)
        {
            if (value != 0)
            {
                writer.WriteNumber(name, value);
            }
        }
    }
}
