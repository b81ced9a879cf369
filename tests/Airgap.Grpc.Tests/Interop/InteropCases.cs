using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace RateLimitSuite.Airgap.GrpcTests.Interop;

/// <summary>The official cases, as our client runs them against some server. Sizes are the published ones, in bytes.</summary>
internal sealed class InteropCases(GrpcChannel channel, bool serverSeesCompression = true)
{
    public const int LargeRequest = 271828;
    public const int LargeResponse = 314159;
    private const string CompressionChoice = "grpc-internal-encoding-request";
    private static readonly int[] RequestSizes = [27182, 8, 1828, 45904];
    private static readonly int[] ResponseSizes = [31415, 9, 2653, 58979];

    private readonly TestService.TestServiceClient _client = new(channel);

    public static IReadOnlyDictionary<string, Func<InteropCases, Task>> All { get; } = new Dictionary<string, Func<InteropCases, Task>>
    {
        ["empty_unary"] = cases => cases.EmptyUnary(),
        ["large_unary"] = cases => cases.LargeUnary(),
        ["client_streaming"] = cases => cases.ClientStreaming(),
        ["server_streaming"] = cases => cases.ServerStreaming(),
        ["ping_pong"] = cases => cases.PingPong(),
        ["empty_stream"] = cases => cases.EmptyStream(),
        ["client_compressed_unary"] = cases => cases.ClientCompressedUnary(),
        ["client_compressed_streaming"] = cases => cases.ClientCompressedStreaming(),
        ["server_compressed_unary"] = cases => cases.ServerCompressedUnary(),
        ["server_compressed_streaming"] = cases => cases.ServerCompressedStreaming(),
        ["cancel_after_begin"] = cases => cases.CancelAfterBegin(),
        ["cancel_after_first_response"] = cases => cases.CancelAfterFirstResponse(),
        ["timeout_on_sleeping_server"] = cases => cases.TimeoutOnSleepingServer(),
        ["custom_metadata"] = cases => cases.CustomMetadata(),
        ["status_code_and_message"] = cases => cases.StatusCodeAndMessage(),
        ["special_status_message"] = cases => cases.SpecialStatusMessage(),
        ["unimplemented_method"] = cases => cases.UnimplementedMethod(),
        ["unimplemented_service"] = cases => cases.UnimplementedService(),
        ["concurrent_large_unary"] = cases => cases.ConcurrentLargeUnary(),
    };

    private async Task EmptyUnary() => Assert.Equal(new Empty(), await _client.EmptyCallAsync(new Empty()));

    private async Task LargeUnary()
    {
        var response = await _client.UnaryCallAsync(new SimpleRequest { ResponseSize = LargeResponse, Payload = Zeros(LargeRequest) });
        Assert.Equal(LargeResponse, response.Payload.Body.Length);
    }

    private async Task ClientStreaming()
    {
        using var call = _client.StreamingInputCall();
        foreach (var size in RequestSizes)
        {
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(size) });
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(74922, (await call).AggregatedPayloadSize); // 27182 + 8 + 1828 + 45904
    }

    private async Task ServerStreaming()
    {
        using var call = _client.StreamingOutputCall(Responses(ResponseSizes));
        Assert.Equal(ResponseSizes, await SizesAsync(call.ResponseStream));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private async Task PingPong()
    {
        using var call = _client.FullDuplexCall();
        for (var i = 0; i < RequestSizes.Length; i++)
        {
            await call.RequestStream.WriteAsync(Ping(RequestSizes[i], ResponseSizes[i]));
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(ResponseSizes[i], call.ResponseStream.Current.Payload.Body.Length);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private async Task EmptyStream()
    {
        using var call = _client.FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private async Task ClientCompressedUnary()
    {
        var request = new SimpleRequest { ExpectCompressed = new BoolValue { Value = true }, ResponseSize = LargeResponse, Payload = Zeros(LargeRequest) };
        if (serverSeesCompression)
        {
            var plain = await Assert.ThrowsAsync<RpcException>(async () => await _client.UnaryCallAsync(request));
            Assert.Equal(StatusCode.InvalidArgument, plain.StatusCode);
        }

        var response = await _client.UnaryCallAsync(request, Gzip());
        Assert.Equal(LargeResponse, response.Payload.Body.Length);
    }

    private async Task ClientCompressedStreaming()
    {
        using var call = _client.StreamingInputCall(Gzip());
        await call.RequestStream.WriteAsync(
            new StreamingInputCallRequest { ExpectCompressed = new BoolValue { Value = true }, Payload = Zeros(27182) });
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(45904) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(73086, (await call).AggregatedPayloadSize); // 27182 + 45904
    }

    private async Task ServerCompressedUnary()
    {
        foreach (var compressed in new[] { true, false })
        {
            var response = await _client.UnaryCallAsync(new SimpleRequest
            {
                ResponseCompressed = new BoolValue { Value = compressed },
                ResponseSize = LargeResponse,
                Payload = Zeros(LargeRequest),
            });
            Assert.Equal(LargeResponse, response.Payload.Body.Length);
        }
    }

    private async Task ServerCompressedStreaming()
    {
        var request = Responses(31415, 92653);
        request.ResponseParameters[0].Compressed = new BoolValue { Value = true };
        request.ResponseParameters[1].Compressed = new BoolValue { Value = false };
        using var call = _client.StreamingOutputCall(request);
        Assert.Equal([31415, 92653], await SizesAsync(call.ResponseStream));
    }

    private async Task CancelAfterBegin()
    {
        using var cancellation = new CancellationTokenSource();
        using var call = _client.StreamingInputCall(cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    private async Task CancelAfterFirstResponse()
    {
        using var cancellation = new CancellationTokenSource();
        using var call = _client.FullDuplexCall(cancellationToken: cancellation.Token);
        await call.RequestStream.WriteAsync(Ping(27182, 31415));
        Assert.True(await call.ResponseStream.MoveNext());
        await cancellation.CancelAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    private async Task TimeoutOnSleepingServer()
    {
        using var call = _client.FullDuplexCall(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(1));
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { Payload = Zeros(27182) });
            await call.ResponseStream.MoveNext();
        });
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    private async Task CustomMetadata()
    {
        byte[] trailing = [0xab, 0xab, 0xab];
        var headers = new Metadata { { "x-grpc-test-echo-initial", "test_initial_metadata_value" }, { "x-grpc-test-echo-trailing-bin", trailing } };

        using var unary = _client.UnaryCallAsync(new SimpleRequest { ResponseSize = LargeResponse, Payload = Zeros(LargeRequest) }, headers);
        await unary;
        Assert.Equal("test_initial_metadata_value", (await unary.ResponseHeadersAsync).GetValue("x-grpc-test-echo-initial"));
        Assert.Equal(trailing, unary.GetTrailers().GetValueBytes("x-grpc-test-echo-trailing-bin"));

        using var duplex = _client.FullDuplexCall(headers);
        await duplex.RequestStream.WriteAsync(Ping(LargeRequest, LargeResponse));
        await duplex.RequestStream.CompleteAsync();
        Assert.Equal([LargeResponse], await SizesAsync(duplex.ResponseStream));
        Assert.Equal("test_initial_metadata_value", (await duplex.ResponseHeadersAsync).GetValue("x-grpc-test-echo-initial"));
        Assert.Equal(trailing, duplex.GetTrailers().GetValueBytes("x-grpc-test-echo-trailing-bin"));
    }

    private Task StatusCodeAndMessage() => FailsAsAsked("test status message");

    private Task SpecialStatusMessage() => FailsAsAsked("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n");

    private async Task FailsAsAsked(string message)
    {
        var status = new EchoStatus { Code = 2, Message = message };
        var unary = await Assert.ThrowsAsync<RpcException>(async () => await _client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }));
        Assert.Equal((StatusCode.Unknown, message), (unary.StatusCode, unary.Status.Detail));

        using var call = _client.FullDuplexCall();
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = status });
        await call.RequestStream.CompleteAsync();
        var duplex = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.Unknown, message), (duplex.StatusCode, duplex.Status.Detail));
    }

    private async Task UnimplementedMethod()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _client.UnimplementedCallAsync(new Empty()));
        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    private async Task UnimplementedService()
    {
        var client = new UnimplementedService.UnimplementedServiceClient(channel);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.UnimplementedCallAsync(new Empty()));
        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    private Task ConcurrentLargeUnary() => Task.WhenAll(Enumerable.Range(0, 100).Select(_ => LargeUnary()));

    private static Metadata Gzip() => new() { { CompressionChoice, "gzip" } };

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static StreamingOutputCallRequest Responses(params int[] sizes)
    {
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.AddRange(sizes.Select(size => new ResponseParameters { Size = size }));
        return request;
    }

    private static StreamingOutputCallRequest Ping(int requestSize, int responseSize)
    {
        var request = Responses(responseSize);
        request.Payload = Zeros(requestSize);
        return request;
    }

    private static async Task<List<int>> SizesAsync(IAsyncStreamReader<StreamingOutputCallResponse> responses)
    {
        var sizes = new List<int>();
        await foreach (var response in responses.ReadAllAsync())
        {
            sizes.Add(response.Payload.Body.Length);
        }

        return sizes;
    }
}
