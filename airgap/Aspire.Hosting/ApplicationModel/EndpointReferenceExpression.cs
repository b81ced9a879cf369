using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One part of an endpoint's address.</summary>
public class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property)
    : IExpressionValue, IValueWithReferences
{
    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; } = endpointReference;

    /// <summary>The part.</summary>
    public EndpointProperty Property { get; } = property;

    /// <inheritdoc/>
    public string ValueExpression => Property switch
    {
        EndpointProperty.Url => Expression("url"),
        EndpointProperty.Host or EndpointProperty.IPV4Host => Expression("host"),
        EndpointProperty.Port => Expression("port"),
        EndpointProperty.Scheme => Expression("scheme"),
        EndpointProperty.TargetPort => Expression("targetPort"),
        EndpointProperty.HostAndPort => $"{Expression("host")}:{Expression("port")}",
        EndpointProperty.TlsEnabled => bool.FalseString,
        _ => throw new InvalidOperationException($"Endpoint property {Property} is not known."),
    };

    IEnumerable<object> IValueWithReferences.References => [Endpoint];

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => GetValueAsync(new(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) => new(Property switch
    {
        EndpointProperty.Url => Endpoint.Url,
        EndpointProperty.Host => Endpoint.Host,
        EndpointProperty.IPV4Host => "127.0.0.1",
        EndpointProperty.Port => Text(Endpoint.Port),
        EndpointProperty.Scheme => Endpoint.Scheme,
        EndpointProperty.TargetPort => TargetPort(context),
        EndpointProperty.HostAndPort => $"{Endpoint.Host}:{Text(Endpoint.Port)}",
        EndpointProperty.TlsEnabled => bool.FalseString,
        _ => throw new InvalidOperationException($"Endpoint property {Property} is not known."),
    });

    // Each replica binds its own port, so only the replica that asks can know it.
    private string TargetPort(ValueProviderContext context) =>
        context.ReplicaPorts is { } ports && ports.TryGetValue(Endpoint.EndpointAnnotation, out var port)
            ? Text(port)
            : Text(Endpoint.TargetPort ?? Endpoint.Port);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private string Expression(string part) => $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{part}}}";
}
