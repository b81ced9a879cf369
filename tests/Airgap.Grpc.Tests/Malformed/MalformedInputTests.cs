using System.Net;
using System.Net.Sockets;
using RateLimitSuite.Airgap.GrpcTests.Interop;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Malformed;

/// <summary>Whatever is sent, the server ends it in bounded time and goes on answering.</summary>
public sealed class MalformedInputTests : IAsyncLifetime
{
    private const int Requests = 300;
    private const int Connections = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private KestrelServer _server = null!;

    public static TheoryData<int> Seeds => [1, 2, 3, 4];

    public async Task InitializeAsync() => _server = await KestrelServer.StartInteropAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Requests_Broken_AllEndAndTheNextGoodOneIsServed(int seed)
    {
        var input = new BrokenInput(seed);
        using var http = RawCall.CreateClient(_server.Address);
        for (var i = 0; i < Requests; i++)
        {
            var (path, headers, body) = (input.Path(), input.Headers().ToList(), input.Body());
            var answer = await AnswerAsync(http, path, headers, body);
            Assert.True(answer, $"Request {i} of seed {seed} to {path} got no answer: headers {string.Join(' ', headers)}, body {Convert.ToHexString(body)}");
        }

        await AssertServesAsync();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Connections_Broken_AllEndAndTheNextGoodOneIsServed(int seed)
    {
        var input = new BrokenInput(seed);
        for (var i = 0; i < Connections; i++)
        {
            await SendBytesAsync(input.ConnectionBytes()).WaitAsync(Patience);
        }

        await AssertServesAsync();
    }

    [Fact]
    public async Task Request_BrokenOffMidway_FreesTheHandler()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Input = async (requests, _) =>
            {
                try
                {
                    while (await requests.MoveNext(CancellationToken.None))
                    {
                    }

                    return new StreamingInputCallResponse();
                }
                finally
                {
                    ended.SetResult();
                }
            },
        });
        var call = server.CreateClient().StreamingInputCall();
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest());
        call.Dispose();
        await ended.Task.WaitAsync(Patience);
    }

    // A gRPC status, an HTTP error or a reset of the stream is an answer; silence, or success without a status, is not.
    private static async Task<bool> AnswerAsync(HttpClient http, string path, IEnumerable<(string, string)> headers, byte[] body)
    {
        try
        {
            var response = await RawCall.SendAsync(http, body, headers, path: path).WaitAsync(Patience);
            return response.Status is not null || response.Http != HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task SendBytesAsync(byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server.Address.Host, _server.Address.Port);
        await socket.SendAsync(bytes);
        socket.Shutdown(SocketShutdown.Send);
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset by the server: that is an end, too.
        }
    }

    private async Task AssertServesAsync()
    {
        var response = await _server.CreateClient().UnaryCallAsync(new SimpleRequest { ResponseSize = 10 }).ResponseAsync.WaitAsync(Patience);
        Assert.Equal(10, response.Payload.Body.Length);
    }
}
