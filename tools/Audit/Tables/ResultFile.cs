using System.Globalization;

namespace RateLimitSuite.Audit.Tables;

/// <summary>Writes a CSV file that appears under its name only once it is complete.</summary>
internal sealed class ResultFile : IDisposable
{
    private readonly string _path;
    private readonly StreamWriter _writer;
    private bool _isComplete;

    /// <summary>Begins a file with its header.</summary>
    public ResultFile(string path, IEnumerable<string> header)
    {
        _path = path;
        _writer = new StreamWriter(Unfinished);
        _writer.WriteLine(string.Join(',', header));
    }

    private string Unfinished => _path + ".unfinished";

    /// <summary>Appends one row, every number with as many digits as it needs to be read back the same.</summary>
    public void Write(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            _writer.Write(i == 0 ? "" : ",");
            _writer.Write(values[i].ToString("R", CultureInfo.InvariantCulture));
        }

        _writer.WriteLine();
    }

    /// <summary>Gives the file its name.</summary>
    public void Complete()
    {
        _writer.Flush();
        _isComplete = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        if (_isComplete)
        {
            File.Move(Unfinished, _path, overwrite: true);
        }
        else
        {
            File.Delete(Unfinished);
        }
    }
}
