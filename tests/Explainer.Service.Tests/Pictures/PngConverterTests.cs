using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using RateLimitSuite.Charts;
using RateLimitSuite.Contracts;
using RateLimitSuite.Explainer.Pictures;
using RateLimitSuite.Explainer.Tests.Explanations;

namespace RateLimitSuite.Explainer.Tests.Pictures;

public sealed class PngConverterTests
{
    [RsvgFact]
    public async Task Convert_Waterfall_IsAPngOfItsSize()
    {
        using var converter = new PngConverter(NullLogger<PngConverter>.Instance);
        var svg = WaterfallPicture.Draw(NearestExplanationsTests.Explained("r", [5, -3, 0, 1, 2, -8]), FeatureSchema.V1, ChartTheme.Light, 500);

        var png = await converter.ConvertAsync(svg, CancellationToken.None);

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png![..4]);
        Assert.Equal(500, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));   // The header's width.
    }

    [RsvgFact]
    public async Task Convert_NoSvg_IsNothing()
    {
        using var converter = new PngConverter(NullLogger<PngConverter>.Instance);

        Assert.Null(await converter.ConvertAsync("no picture", CancellationToken.None));
    }
}
