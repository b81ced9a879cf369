using System.Net;
using Grpc.Core;
using RateLimitSuite.Airgap.GrpcTests.Interop;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Server;

/// <summary>What a server answers to requests that no gRPC client would send.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private KestrelServer _server = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _server = await KestrelServer.StartAsync(new ScriptedService());
        _http = RawCall.CreateClient(_server.Address);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    public async Task Send_GrpcContentType_IsServed(string contentType)
    {
        var response = await RawCall.SendAsync(_http, RawCall.Frame(new SimpleRequest()), contentType: contentType);
        Assert.Equal((HttpStatusCode.OK, StatusCode.OK), (response.Http, response.Status));
        Assert.Equal([0, 0, 0, 0, 0], response.Content); // an empty message
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpcx")]
    public async Task Send_OtherContentType_IsRefused(string contentType)
    {
        var response = await RawCall.SendAsync(_http, RawCall.Frame(new SimpleRequest()), contentType: contentType);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, StatusCode.Internal), (response.Http, response.Status));
    }

    [Fact]
    public async Task Send_UnknownMethodWithOtherContentType_IsNotFound()
    {
        var response = await RawCall.SendAsync(_http, [], contentType: "text/plain", path: "/grpc.testing.TestService/Nothing");
        Assert.Equal((HttpStatusCode.NotFound, null), (response.Http, response.Status));
    }

    [Theory]
    [InlineData("/grpc.testing.TestService/Nothing")]
    [InlineData("/nothing.Service/UnaryCall")]
    public async Task Send_UnknownMethodOrService_IsUnimplemented(string path)
    {
        var response = await RawCall.SendAsync(_http, RawCall.Frame(new SimpleRequest()), path: path);
        Assert.Equal((HttpStatusCode.OK, StatusCode.Unimplemented, false), (response.Http, response.Status, response.HasTrailers));
    }

    [Fact]
    public async Task Send_NoMessage_IsInternal() => Assert.Equal(StatusCode.Internal, (await RawCall.SendAsync(_http, [])).Status);

    [Fact]
    public async Task Send_TwoMessagesToUnary_IsInternal()
    {
        var frame = RawCall.Frame(new SimpleRequest { ResponseSize = 1 });
        Assert.Equal(StatusCode.Internal, (await RawCall.SendAsync(_http, [.. frame, .. frame])).Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Send_TruncatedMessage_IsInternal(int length)
    {
        var frame = RawCall.Frame(new SimpleRequest { ResponseSize = 1000 });
        Assert.Equal(StatusCode.Internal, (await RawCall.SendAsync(_http, frame[..length])).Status);
    }

    [Fact]
    public async Task Send_UnknownFlag_Fails()
    {
        var response = await RawCall.SendAsync(_http, RawCall.Frame(new SimpleRequest(), flag: 2));
        Assert.Contains(response.Status, new StatusCode?[] { StatusCode.Internal, StatusCode.Unknown }); // the published library says the latter
    }

    [StandInFact("2.80 flags it as compressed and sends nothing, which grpc-js takes for broken data")]
    public async Task Send_AcceptsGzip_EmptyResponseIsNotFlagged()
    {
        await using var server = await KestrelServer.StartInteropAsync();
        using var http = RawCall.CreateClient(server.Address);
        var response = await RawCall.SendAsync(http, RawCall.Frame(new SimpleRequest()), [("grpc-accept-encoding", "gzip")], path: "/grpc.testing.TestService/UnaryCall");
        var empty = await RawCall.SendAsync(http, RawCall.Frame([]), [("grpc-accept-encoding", "gzip")], path: "/grpc.testing.TestService/EmptyCall");
        Assert.Equal(1, response.Content[0]); // a payload field without bytes is still a field
        Assert.Equal(0, empty.Content[0]);
    }

    [Fact]
    public async Task Send_LengthOverTheLimit_IsExhaustedBeforeTheBodyIsThere()
    {
        byte[] header = [0, 0x7f, 0xff, 0xff, 0xff]; // 2 GiB, of which nothing follows
        Assert.Equal(StatusCode.ResourceExhausted, (await RawCall.SendAsync(_http, header)).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("identity")]
    public async Task Send_CompressedWithoutEncoding_IsInternal(string? encoding)
    {
        (string, string)[] headers = encoding is null ? [] : [("grpc-encoding", encoding)];
        var response = await RawCall.SendAsync(_http, RawCall.Frame([1, 2, 3], flag: 1), headers);
        Assert.Equal(StatusCode.Internal, response.Status);
    }

    [Fact]
    public async Task Send_UnknownEncoding_IsUnimplementedAndNamesTheKnownOnes()
    {
        var response = await RawCall.SendAsync(_http, RawCall.Frame([1, 2, 3], flag: 1), [("grpc-encoding", "snappy")]);
        Assert.Equal(StatusCode.Unimplemented, response.Status);
        Assert.Contains("gzip", response.AcceptEncoding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData("0m")]
    [InlineData("123456789S")]
    [InlineData("5x")]
    public async Task Send_MalformedTimeout_IsIgnored(string timeout)
    {
        var response = await RawCall.SendAsync(_http, RawCall.Frame(new SimpleRequest()), [("grpc-timeout", timeout)]);
        Assert.Equal(StatusCode.OK, response.Status);
    }
}
