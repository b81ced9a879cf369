using Grpc.AspNetCore.ClientFactory;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Makes the endpoints of one service.</summary>
internal sealed class ServiceMapper<TService>
    where TService : class
{
    private readonly IEndpointRouteBuilder _routes;
    private readonly MappedServices _mapped;
    private readonly MethodSettings _settings;
    private readonly MethodContext _context;

    public ServiceMapper(IEndpointRouteBuilder routes)
    {
        _routes = routes;
        var services = routes.ServiceProvider;
        _mapped = services.GetService<MappedServices>()
            ?? throw new InvalidOperationException("gRPC is not among the services: call AddGrpc() before the application is built.");
        _settings = services.GetRequiredService<MethodSettingsFactory>().Create<TService>();
        _context = new MethodContext(
            _settings, services.GetRequiredService<ILoggerFactory>().CreateLogger<TService>(), services.GetService<CallPropagation>() is not null);
    }

    /// <summary>Maps the methods that the type implements.</summary>
    public IReadOnlyList<IEndpointConventionBuilder> Map()
    {
        var binder = new ServiceTypeBinder<TService>(_context, new ServiceActivator<TService>(_routes.ServiceProvider));
        binder.Bind();
        return Map(typeof(TService), binder.Methods);
    }

    /// <summary>Maps the methods of a definition.</summary>
    public IReadOnlyList<IEndpointConventionBuilder> Map(ServerServiceDefinition definition)
    {
        var binder = new DefinitionBinder(_context);
        definition.BindService(binder);
        return Map(typeof(ServerServiceDefinition), binder.Methods);
    }

    private List<IEndpointConventionBuilder> Map(Type serviceType, IReadOnlyList<BoundMethod> methods)
    {
        var endpoints = new List<IEndpointConventionBuilder>();
        foreach (var (method, handler, implementation) in methods)
        {
            var metadata = new List<object> { new GrpcMethodMetadata(serviceType, method) };
            // The type's attributes first: what stands on the method itself is more specific and wins.
            metadata.AddRange(implementation?.ReflectedType?.GetCustomAttributes(inherit: true) ?? []);
            metadata.AddRange(implementation?.GetCustomAttributes(inherit: true) ?? []);
            metadata.Add(new HttpMethodMetadata(["POST"], acceptCorsPreflight: true));
            endpoints.Add(_routes.Map(method.FullName, handler).WithMetadata([.. metadata]).WithDisplayName($"gRPC - {method.FullName}"));
        }

        MapUnknown(_mapped.Add(serviceType, methods.Select(method => method.Method.ServiceName)));
        return endpoints;
    }

    private void MapUnknown(IReadOnlyList<string> newServices)
    {
        if (_settings.IgnoreUnknownServices)
        {
            return;
        }

        foreach (var service in newServices)
        {
            Unimplemented.Map(_routes, service + "/{grpcMethod:" + GrpcContentTypeConstraint.Name + "}", "gRPC - Unimplemented method of " + service, "Method is unimplemented.");
        }

        if (_mapped.MapUnknownServices())
        {
            Unimplemented.Map(_routes, "{grpcService:" + GrpcContentTypeConstraint.Name + "}/{grpcMethod}", "gRPC - Unimplemented service", "Service is unimplemented.");
        }
    }
}
