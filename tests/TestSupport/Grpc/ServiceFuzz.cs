using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace RateLimitSuite.TestSupport;

/// <summary>Calls the methods of a running service with what nobody should send.</summary>
/// <param name="invoker">To the service.</param>
/// <param name="service">Its description.</param>
/// <param name="headers">Of a caller who may call all of it.</param>
internal sealed class ServiceFuzz(CallInvoker invoker, ServiceDescriptor service, Metadata headers)
{
    // What a caller may be told of its own message, of what there is not, or of what the service cannot do now.
    private static readonly StatusCode[] Answers =
        [StatusCode.OK, StatusCode.InvalidArgument, StatusCode.NotFound, StatusCode.FailedPrecondition, StatusCode.Unavailable, StatusCode.AlreadyExists];

    // A length beyond the end, a group that nobody opened, a number without an end, a field 0.
    private static readonly byte[][] NoMessages = [[0x0A, 0x7F, 0x01], [0x0C], [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x00, 0x01]];

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Every unary method with messages from the edges: each is answered, or refused by name; returns how many were refused as invalid.</summary>
    public async Task<int> AnyFieldsAsync(int rounds, int seed)
    {
        var fuzz = new FieldFuzz(seed);
        var refused = 0;
        foreach (var method in service.Methods.Where(m => m is { IsClientStreaming: false, IsServerStreaming: false }))
        {
            for (var i = 0; i < rounds; i++)
            {
                var request = fuzz.Make(method.InputType);
                var status = await CallAsync(method, request.ToByteArray());
                Assert.True(Answers.Contains(status.StatusCode), $"{method.Name} answered {status} to {request}");
                Assert.True(status.StatusCode != StatusCode.InvalidArgument || status.Detail.Length > 10, $"{method.Name}: '{status.Detail}' for {request}");
                refused += status.StatusCode == StatusCode.InvalidArgument ? 1 : 0;
            }
        }

        return refused;
    }

    /// <summary>Every method with bytes that are no message: each is INVALID_ARGUMENT.</summary>
    public async Task AnyBytesAsync()
    {
        foreach (var method in service.Methods)
        {
            foreach (var bytes in NoMessages)
            {
                var status = await CallAsync(method, bytes);
                Assert.True(status.StatusCode == StatusCode.InvalidArgument, $"{method.Name} answered {status} to {Convert.ToHexString(bytes)}");
            }
        }
    }

    private async Task<Status> CallAsync(MethodDescriptor method, byte[] bytes)
    {
        var raw = Marshallers.Create<byte[]>(b => b, b => b);
        var options = new CallOptions(headers, TimeProvider.System.GetUtcNow().UtcDateTime + Longest);
        var type = method switch
        {
            { IsClientStreaming: true, IsServerStreaming: true } => MethodType.DuplexStreaming,
            { IsClientStreaming: true } => MethodType.ClientStreaming,
            { IsServerStreaming: true } => MethodType.ServerStreaming,
            _ => MethodType.Unary,
        };
        var call = new Method<byte[], byte[]>(type, service.FullName, method.Name, raw, raw);
        try
        {
            switch (type)
            {
                case MethodType.Unary:
                    await invoker.AsyncUnaryCall(call, null, options, bytes);
                    break;
                case MethodType.ServerStreaming:
                    using (var stream = invoker.AsyncServerStreamingCall(call, null, options, bytes))
                    {
                        await stream.ResponseStream.MoveNext(CancellationToken.None);
                    }

                    break;
                default:
                    using (var duplex = invoker.AsyncDuplexStreamingCall(call, null, options))
                    {
                        await duplex.RequestStream.WriteAsync(bytes);
                        await duplex.RequestStream.CompleteAsync();
                        await duplex.ResponseStream.MoveNext(CancellationToken.None);
                    }

                    break;
            }

            return Status.DefaultSuccess;
        }
        catch (RpcException fault)
        {
            return fault.Status;
        }
    }
}
