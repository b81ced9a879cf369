using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RateLimitSuite.Limiter.Policies;

/// <summary>Refuses YAML that would be dangerous to build a tree of.</summary>
internal static class YamlPrescan
{
    private const int DepthMax = 40;

    /// <exception cref="YamlException">It is nested too deep (the tree is built by recursion), uses an alias (little text could become very much),
    /// or is no YAML.</exception>
    public static void Check(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DepthMax)
            {
                throw new YamlException(parser.Current.Start, parser.Current.End, $"is nested deeper than {DepthMax} levels.");
            }

            if (parser.Current is AnchorAlias)
            {
                throw new YamlException(parser.Current.Start, parser.Current.End, "is an alias; aliases are not supported here.");
            }
        }
    }
}
