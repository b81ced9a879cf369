using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Reflection;

/// <summary>The descriptors of all mapped services.</summary>
internal sealed class ServiceCatalog
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);

    public ServiceCatalog(EndpointDataSource endpoints)
    {
        var services = endpoints.Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
            .OfType<Type>()
            .Distinct()
            .Select(FindDescriptor)
            .OfType<ServiceDescriptor>()
            .ToList();
        ServiceNames = [.. services.Select(service => service.FullName)];
        services.ForEach(service => Add(service.File));
    }

    public IReadOnlyList<string> ServiceNames { get; }

    /// <summary>A file with everything it imports, serialized; null if there is no such file.</summary>
    public IEnumerable<ByteString>? FindFile(string name) => _files.TryGetValue(name, out var file) ? WithImports(file) : null;

    /// <summary>The file that defines a symbol, with everything it imports; null if nothing defines it.</summary>
    public IEnumerable<ByteString>? FindSymbol(string fullName) => _symbols.TryGetValue(fullName, out var file) ? WithImports(file) : null;

    // Generated code: class Xyz { static ServiceDescriptor Descriptor; [BindServiceMethod(typeof(Xyz), ...)] class XyzBase }.
    private static ServiceDescriptor? FindDescriptor(Type implementation)
    {
        for (var type = implementation; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                return attribute.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as ServiceDescriptor;
            }
        }

        return null;
    }

    private static IEnumerable<ByteString> WithImports(FileDescriptor file)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Queue<FileDescriptor>([file]);
        while (pending.TryDequeue(out var next))
        {
            if (seen.Add(next.Name))
            {
                yield return next.SerializedData;
                foreach (var import in next.Dependencies)
                {
                    pending.Enqueue(import);
                }
            }
        }
    }

    private void Add(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var import in file.Dependencies)
        {
            Add(import);
        }

        foreach (var service in file.Services)
        {
            _symbols[service.FullName] = file;
            foreach (var method in service.Methods)
            {
                _symbols[method.FullName] = file;
            }
        }

        foreach (var enumeration in file.EnumTypes)
        {
            Add(enumeration, file);
        }

        foreach (var message in file.MessageTypes)
        {
            Add(message, file);
        }
    }

    private void Add(MessageDescriptor message, FileDescriptor file)
    {
        _symbols[message.FullName] = file;
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            _symbols[field.FullName] = file;
        }

        foreach (var enumeration in message.EnumTypes)
        {
            Add(enumeration, file);
        }

        foreach (var nested in message.NestedTypes)
        {
            Add(nested, file);
        }
    }

    private void Add(EnumDescriptor enumeration, FileDescriptor file)
    {
        _symbols[enumeration.FullName] = file;
        foreach (var value in enumeration.Values)
        {
            _symbols[value.FullName] = file;
        }
    }
}
