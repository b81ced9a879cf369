namespace RateLimitSuite.TreeModel.Text;

/// <summary>Walks through a text line by line and knows where it is.</summary>
internal ref struct LineReader(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>Number of the line last read, from 1; 0 before the first.</summary>
    public int Line { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public int Offset { get; private set; }

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _text[Offset..];

    /// <summary>Reads the next line, without its end (LF or CR LF).</summary>
    /// <returns>False at the end of the text.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        line = default;
        if (Offset >= _text.Length)
        {
            return false;
        }

        var rest = Rest;
        var end = rest.IndexOf((byte)'\n');
        line = end < 0 ? rest : rest[..end];
        Offset += end < 0 ? rest.Length : end + 1;
        Line++;
        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        return true;
    }
}
