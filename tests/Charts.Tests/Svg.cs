using System.Globalization;
using System.Xml.Linq;

namespace RateLimitSuite.Charts.Tests;

/// <summary>A picture read back as XML: what is not well-formed fails here.</summary>
internal static class Svg
{
    private static readonly XNamespace Namespace = "http://www.w3.org/2000/svg";

    public static XElement Parse(string text) => XElement.Parse(text);

    public static IEnumerable<XElement> All(this XElement svg, string element) => svg.Descendants(Namespace + element);

    public static double Number(this XElement element, string attribute) => double.Parse((string)element.Attribute(attribute)!, CultureInfo.InvariantCulture);

    public static XElement WithTip(this XElement svg, string tip) =>
        svg.Descendants().Single(e => e.Name != Namespace + "svg" && e.Element(Namespace + "title")?.Value == tip);

    public static IEnumerable<string> Texts(this XElement svg) => svg.All("text").Select(t => t.Value);
}
