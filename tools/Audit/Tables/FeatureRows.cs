using System.Globalization;

namespace RateLimitSuite.Audit.Tables;

/// <summary>Reads feature vectors from a CSV file, row by row, so that a long file takes no memory.</summary>
/// <remarks>
/// The first line is a header if a cell of it is no number. Columns are then found by the model's feature names; a header of other names
/// counts by position, and one that is partly numbers is a damaged row. Empty cells and NaN are missing values; inf and -inf are numbers.
/// </remarks>
internal sealed class FeatureRows : IDisposable
{
    private readonly string _path;
    private readonly StreamReader _reader;
    private readonly double[] _features;
    private readonly int[] _columns;
    private readonly int _width;
    private string? _pending;
    private long _line;

    private FeatureRows(string path, StreamReader reader, IReadOnlyList<string> names)
    {
        _path = path;
        _reader = reader;
        _features = new double[names.Count];
        var first = ReadLine() ?? throw new UsageException(path, 1, "the file is empty.");
        var cells = Cells(first);
        _width = cells.Length;
        if (cells.All(IsNumber))
        {
            _pending = first;
            _columns = ByPosition(names.Count);
        }
        else
        {
            _columns = ByName(Array.ConvertAll(cells, cell => cell.Trim('"')), names);
        }
    }

    /// <summary>The share of the file that was read, from 0 to 1.</summary>
    public double Share => _reader.BaseStream.Length == 0 ? 1 : (double)_reader.BaseStream.Position / _reader.BaseStream.Length;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The model's feature names, in order.</param>
    public static FeatureRows Open(string path, IReadOnlyList<string> names)
    {
        if (!File.Exists(path))
        {
            throw new UsageException($"{path}: there is no such file.");
        }

        var reader = new StreamReader(path);
        try
        {
            return new FeatureRows(path, reader, names);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Reads all rows into memory, one after the other.</summary>
    public static double[] ReadAll(string path, IReadOnlyList<string> names)
    {
        using var rows = Open(path, names);
        var values = new List<double>();
        while (rows.TryRead(out var features))
        {
            values.AddRange(features);
        }

        return values.Count > 0 ? [.. values] : throw new UsageException(path, 1, "the file has no rows.");
    }

    /// <summary>Reads the next row; the span is valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<double> features)
    {
        features = _features;
        var line = _pending ?? ReadLine();
        _pending = null;
        if (line is null)
        {
            return false;
        }

        var cells = Cells(line);
        if (cells.Length != _width)
        {
            throw new UsageException(_path, _line, $"{cells.Length} cells where the first line has {_width}.");
        }

        for (var feature = 0; feature < _features.Length; feature++)
        {
            _features[feature] = NumberAt(cells, _columns[feature]);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private static string[] Cells(string line) => Array.ConvertAll(line.Split(','), cell => cell.Trim());

    private static bool IsNumber(string cell) => TryParse(cell, out _);

    private static bool TryParse(string cell, out double value)
    {
        value = cell.ToUpperInvariant() switch
        {
            "" or "NAN" or "NA" => double.NaN,
            "INF" or "+INF" => double.PositiveInfinity,
            "-INF" => double.NegativeInfinity,
            _ => 0,
        };
        return value != 0 || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private double NumberAt(string[] cells, int column) => TryParse(cells[column], out var value)
        ? value
        : throw new UsageException(_path, _line, $"cell {column + 1} is '{cells[column]}', which is no number.");

    private string? ReadLine()
    {
        // Blank lines, as at the end of many files, are no rows.
        string? line;
        do
        {
            line = _reader.ReadLine();
            _line++;
        }
        while (line is not null && line.Length == 0);
        return line;
    }

    private int[] ByPosition(int features)
    {
        if (_width != features)
        {
            throw new UsageException(_path, _line, $"{_width} columns where the model has {features} features.");
        }

        return [.. Enumerable.Range(0, features)];
    }

    private int[] ByName(string[] header, IReadOnlyList<string> names)
    {
        var columns = names.Select(name => Array.IndexOf(header, name)).ToArray();
        if (columns.All(column => column < 0))
        {
            if (header.Any(cell => cell.Length > 0 && IsNumber(cell)))
            {
                _ = NumberAt(header, Array.FindIndex(header, cell => !IsNumber(cell)));
            }

            return ByPosition(names.Count);
        }

        var absent = Array.FindIndex(columns, column => column < 0);
        return absent < 0 ? columns : throw new UsageException(_path, _line, $"the header has no column '{names[absent]}'.");
    }
}
