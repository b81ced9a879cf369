using Grpc.Core;
using Microsoft.Extensions.Http;

namespace Grpc.Net.ClientFactory;

/// <summary>Takes over what was configured for an <see cref="HttpClient"/> of the same name, as far as a gRPC client has it: address and headers.</summary>
internal static class HttpClientSettings
{
    public static void Apply(HttpClientFactoryOptions http, GrpcClientFactoryOptions grpc)
    {
        if (http.HttpClientActions.Count == 0)
        {
            return;
        }

        using var sample = new HttpClient();
        foreach (var action in http.HttpClientActions)
        {
            action(sample);
        }

        grpc.Address ??= sample.BaseAddress;
        var headers = new Metadata();
        foreach (var (name, values) in sample.DefaultRequestHeaders)
        {
            foreach (var value in values)
            {
                headers.Add(name, value);
            }
        }

        if (headers.Count > 0)
        {
            grpc.CallOptionsActions.Add(context => AddMissing(context, headers));
        }
    }

    private static void AddMissing(CallOptionsContext context, Metadata headers)
    {
        var present = context.CallOptions.Headers ?? [];
        var merged = new Metadata();
        foreach (var entry in present.Concat(headers.Where(entry => present.Get(entry.Key) is null)))
        {
            merged.Add(entry);
        }

        context.CallOptions = context.CallOptions.WithHeaders(merged);
    }
}
