using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A string with holes, filled by values when run and by expressions when published.</summary>
public sealed class ReferenceExpression : IExpressionValue, IValueWithReferences
{
    /// <summary>The empty string.</summary>
    public static readonly ReferenceExpression Empty = new("", []);

    internal ReferenceExpression(string format, IReadOnlyList<object> parts)
    {
        Format = format;
        ValueProviders = [.. parts.Cast<IValueProvider>()];
        ManifestExpressions = [.. parts.Cast<IManifestExpressionProvider>().Select(p => p.ValueExpression)];
    }

    /// <summary>A composite format string: <c>{0}</c> stands for the first value provider.</summary>
    public string Format { get; }

    /// <summary>What fills the holes when run.</summary>
    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    /// <summary>What fills the holes when published.</summary>
    public IReadOnlyList<string> ManifestExpressions { get; }

    /// <inheritdoc/>
    public string ValueExpression => string.Format(CultureInfo.InvariantCulture, Format, [.. ManifestExpressions]);

    IEnumerable<object> IValueWithReferences.References => ValueProviders;

    /// <summary>Makes an expression of an interpolated string whose holes are resources, endpoints or parameters.</summary>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.Build();

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => GetValueAsync(new(), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken)
    {
        if (Format.Length == 0)
        {
            return null;
        }

        var values = new object?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = await ValueProviders[i].GetValueAsync(context, cancellationToken);
        }

        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    /// <summary>Collects the pieces of <c>$"…"</c>; the compiler calls it.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        private readonly ReferenceExpressionBuilder _pieces = new(literalLength, formattedCount);

        /// <summary>Adds text between holes.</summary>
        public void AppendLiteral(string value) => _pieces.AppendLiteral(value);

        /// <summary>Adds text from a hole.</summary>
        public void AppendFormatted(string? value) => _pieces.AppendFormatted(value);

        /// <summary>Adds a hole.</summary>
        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider => _pieces.AppendFormatted(valueProvider);

        /// <summary>Adds a hole.</summary>
        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider => _pieces.AppendFormatted(valueProvider.Resource);

        internal ReferenceExpression Build() => _pieces.Build();
    }
}
