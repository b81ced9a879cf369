namespace RateLimitSuite.Benchmarks.Trees.Fuzz;

/// <summary>Damages model texts in the ways that disks, editors and enemies do. Seeded, so that each file can be made again.</summary>
internal sealed class ModelMutator(byte[][] models, int seed)
{
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "0", "-1", "1", "2", "-2147483648", "2147483647", "4294967295", "9223372036854775807", "1e308", "-1e308", "1e999", "nan", "inf", "-0",
            "", " ", "0x10", "1.5", "99999999999999999999999999", "=", "\n", "\r\n", "Tree=1\n", "end of trees\n", "\0", "é", "average_output\n",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    private readonly Random _random = new(seed);

    /// <summary>Makes the next damaged text.</summary>
    public byte[] Next()
    {
        var text = models[_random.Next(models.Length)].ToList();
        for (var count = 1 + _random.Next(4); count > 0 && text.Count > 0; count--)
        {
            Damage(text);
        }

        return [.. text];
    }

    private void Damage(List<byte> text)
    {
        var at = _random.Next(text.Count);
        var length = Math.Min(text.Count - at, 1 + _random.Next(60));
        switch (_random.Next(9))
        {
            case 0: text[at] = (byte)_random.Next(256); break;
            case 1: text[at] ^= (byte)(1 << _random.Next(8)); break;
            case 2: text.RemoveRange(at, length); break;
            case 3: text.InsertRange(_random.Next(text.Count), text.GetRange(at, length)); break;
            case 4: text.RemoveRange(at, text.Count - at); break;
            case 5: SwapLines(text); break;
            case 6: Splice(text, at); break;
            default: ReplaceToken(text, at); break;
        }
    }

    private void ReplaceToken(List<byte> text, int at)
    {
        int from = at, to = at;
        while (from > 0 && !IsBoundary(text[from - 1]))
        {
            from--;
        }

        while (to < text.Count && !IsBoundary(text[to]))
        {
            to++;
        }

        text.RemoveRange(from, to - from);
        text.InsertRange(from, Tokens[_random.Next(Tokens.Length)]);
    }

    private void SwapLines(List<byte> text)
    {
        var lines = new List<List<byte>> { new() };
        foreach (var value in text)
        {
            lines[^1].Add(value);
            if (value == (byte)'\n')
            {
                lines.Add([]);
            }
        }

        int one = _random.Next(lines.Count), other = _random.Next(lines.Count);
        (lines[one], lines[other]) = (lines[other], lines[one]);
        text.Clear();
        text.AddRange(lines.SelectMany(line => line));
    }

    private void Splice(List<byte> text, int at)
    {
        var other = models[_random.Next(models.Length)];
        text.RemoveRange(at, text.Count - at);
        text.AddRange(other.AsSpan(_random.Next(other.Length)).ToArray());
    }

    private static bool IsBoundary(byte value) => value is (byte)' ' or (byte)'=' or (byte)'\n';
}
