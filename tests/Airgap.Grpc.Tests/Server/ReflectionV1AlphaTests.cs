using Google.Protobuf.Reflection;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Server;

public sealed class ReflectionV1AlphaTests
{
    [Fact]
    public async Task Ask_ServicesFilesAndSymbols_AreAnswered()
    {
        await using var server = await KestrelServer.StartAsync(
            app =>
            {
                app.MapGrpcService<InteropService>();
                app.MapGrpcReflectionService();
            },
            services => services.AddGrpcReflection());
        var client = new ServerReflection.ServerReflectionClient(GrpcChannel.ForAddress(server.Address));
        using var call = client.ServerReflectionInfo();

        var list = await AskAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.Contains("grpc.testing.TestService", list.ListServicesResponse.Service.Select(service => service.Name));

        var symbol = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = "grpc.testing.TestService.UnaryCall" });
        var file = FileDescriptorProto.Parser.ParseFrom(symbol.FileDescriptorResponse.FileDescriptorProto.Single());
        Assert.Equal(("interop.proto", "grpc.testing"), (file.Name, file.Package));

        var byName = await AskAsync(new ServerReflectionRequest { FileByFilename = "interop.proto" });
        Assert.Equal(symbol.FileDescriptorResponse, byName.FileDescriptorResponse);

        var missing = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = "no.such.Thing" });
        Assert.Equal(5, missing.ErrorResponse.ErrorCode); // NOT_FOUND

        async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest request)
        {
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            return call.ResponseStream.Current;
        }
    }
}
