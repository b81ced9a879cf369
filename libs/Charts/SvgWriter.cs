using System.Globalization;
using System.Text;

namespace RateLimitSuite.Charts;

/// <summary>Writes SVG elements. Whatever text comes from data is escaped here and nowhere else.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _text = new(4096);

    /// <summary>Opens the picture: its size, its background, and what a screen reader says of it.</summary>
    /// <param name="size">Its size.</param>
    /// <param name="theme">Its colours.</param>
    /// <param name="title">What it is.</param>
    /// <param name="description">What is to be seen.</param>
    /// <param name="data">Attributes for scripts, ready to be written; empty: none.</param>
    public SvgWriter(ChartSize size, ChartTheme theme, string title, string description, string data = "")
    {
        _text.Append(Invariant.Culture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size.Width} {size.Height}\" width=\"{size.Width}\" height=\"{size.Height}\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\"{data}>");
        _text.Append("<title>").Append(Escape(title)).Append("</title><desc>").Append(Escape(description)).Append("</desc>");
        if (theme.Background != "none")
        {
            Rectangle(0, 0, size.Width, size.Height, theme.Background);
        }
    }

    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1, string? dashes = null) => _text.Append(Invariant.Culture,
        $"<line x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\" stroke=\"{stroke}\" stroke-width=\"{N(width)}\"{Dashes(dashes)}/>");

    public void Rectangle(double x, double y, double width, double height, string fill, double opacity = 1, string? tip = null)
    {
        _text.Append(Invariant.Culture, $"<rect x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(Math.Max(0, width))}\" height=\"{N(Math.Max(0, height))}\" fill=\"{fill}\"");
        if (opacity < 1)
        {
            _text.Append(Invariant.Culture, $" fill-opacity=\"{N(opacity)}\"");
        }

        CloseWithTip("rect", tip);
    }

    public void Circle(double x, double y, double radius, string fill, string? tip = null, double opacity = 1)
    {
        _text.Append(Invariant.Culture, $"<circle cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\" fill=\"{fill}\"");
        if (opacity < 1)
        {
            _text.Append(Invariant.Culture, $" fill-opacity=\"{N(opacity)}\"");
        }

        CloseWithTip("circle", tip);
    }

    public void Path(string data, string stroke, double width, string fill = "none", string? dashes = null, double fillOpacity = 1, string? name = null)
    {
        _text.Append(Invariant.Culture, $"<path d=\"{data}\" stroke=\"{stroke}\" stroke-width=\"{N(width)}\" stroke-linejoin=\"round\" fill=\"{fill}\"{Dashes(dashes)}");
        if (fillOpacity < 1)
        {
            _text.Append(Invariant.Culture, $" fill-opacity=\"{N(fillOpacity)}\"");
        }

        if (name is not null)
        {
            _text.Append(" data-name=\"").Append(Escape(name)).Append('"');
        }

        _text.Append("/>");
    }

    /// <summary>A filled or drawn outline that says what it is where the pointer rests on it.</summary>
    public void Shape(string data, string fill, double opacity, string tip, string stroke = "none", double strokeWidth = 0, double strokeOpacity = 1)
    {
        _text.Append(Invariant.Culture, $"<path d=\"{data}\" fill=\"{fill}\" fill-opacity=\"{N(opacity)}\"");
        if (strokeWidth > 0)
        {
            _text.Append(Invariant.Culture, $" stroke=\"{stroke}\" stroke-width=\"{N(strokeWidth)}\" stroke-opacity=\"{N(strokeOpacity)}\" stroke-linejoin=\"round\"");
        }

        CloseWithTip("path", tip);
    }

    public void Text(double x, double y, string text, string fill, string anchor = "start", int size = 12, bool bold = false) => _text.Append(Invariant.Culture,
        $"<text x=\"{N(x)}\" y=\"{N(y)}\" fill=\"{fill}\" text-anchor=\"{anchor}\"{(size == 12 ? "" : $" font-size=\"{size}\"")}{(bold ? " font-weight=\"600\"" : "")}>{Escape(text)}</text>");

    /// <summary>Text that rises to the right.</summary>
    public void SlantedText(double x, double y, string text, string fill, double degrees, int size) => _text.Append(Invariant.Culture,
        $"<text transform=\"translate({N(x)} {N(y)}) rotate({N(-degrees)})\" fill=\"{fill}\" font-size=\"{size}\">{Escape(text)}</text>");

    public string Close() => _text.Append("</svg>").ToString();

    /// <summary>A coordinate: two decimals are finer than any screen.</summary>
    public static string N(double value) => (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Text of any origin as XML: markup is escaped, and what XML cannot hold becomes the replacement character.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                < 0x20 and not ('\t' or '\n' or '\r') or 0xFFFE or 0xFFFF => escaped.Append('\uFFFD'),
                _ => escaped.Append(rune.ToString()),
            };
        }

        return escaped.ToString();
    }

    private static string Dashes(string? dashes) => dashes is null ? "" : $" stroke-dasharray=\"{dashes}\"";

    private void CloseWithTip(string element, string? tip) => _text.Append(tip is null ? "/>" : $"><title>{Escape(tip)}</title></{element}>");
}
