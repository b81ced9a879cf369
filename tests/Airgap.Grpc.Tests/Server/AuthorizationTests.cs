using System.Security.Claims;
using System.Text.Encodings.Web;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RateLimitSuite.Airgap.GrpcTests.Interop;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Server;

/// <summary>Attributes of services are endpoint metadata, so ASP.NET Core's authorization decides.</summary>
public sealed class AuthorizationTests : IAsyncLifetime
{
    private KestrelServer _server = null!;

    public async Task InitializeAsync() => _server = await KestrelServer.StartAsync(
        app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapGrpcService<GuardedService>();
        },
        services =>
        {
            services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, NameHandler>("name", null);
            services.AddAuthorization();
        });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated)]
    [InlineData("viewer", StatusCode.PermissionDenied)]
    [InlineData("operator", StatusCode.OK)]
    public async Task Call_MethodForOneRole_GoesByTheCallersRole(string? role, StatusCode expected)
    {
        var code = StatusCode.OK;
        try
        {
            await _server.CreateClient().UnaryCallAsync(new SimpleRequest(), role is null ? null : new Metadata { { "role", role } });
        }
        catch (RpcException failure)
        {
            code = failure.StatusCode;
        }

        Assert.Equal(expected, code);
    }

    [Fact]
    public async Task Call_MethodOpenToAll_NeedsNoRole() => Assert.NotNull(await _server.CreateClient().EmptyCallAsync(new Empty()));

    [Fact]
    public void Endpoints_OfAService_TellTheirMethod()
    {
        var endpoint = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Single(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Name == "UnaryCall");
        Assert.Equal("gRPC - " + RawCall.UnaryPath, endpoint.DisplayName);
        Assert.Equal(typeof(GuardedService), endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()!.ServiceType);
        Assert.Equal("operator", endpoint.Metadata.GetOrderedMetadata<AuthorizeAttribute>()[^1].Roles);
    }

    [Authorize]
    private sealed class GuardedService : TestService.TestServiceBase
    {
        [AllowAnonymous]
        public override Task<Empty> EmptyCall(Empty request, ServerCallContext context) => Task.FromResult(request);

        [Authorize(Roles = "operator")]
        public override Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context) => Task.FromResult(new SimpleResponse());
    }

    private sealed class NameHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["role"].ToString() is not { Length: > 0 } role)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "name");
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), "name")));
        }
    }
}
