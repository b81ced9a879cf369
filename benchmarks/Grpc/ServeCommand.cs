using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter;

namespace RateLimitSuite.Benchmarks.Grpc;

/// <summary>The process under load: the real Limiter, and beside it on the same web server a handler that does nothing.</summary>
internal static class ServeCommand
{
    /// <summary>First argument that asks for it.</summary>
    public const string Word = "serve-limiter";

    /// <param name="args">The empty handler's HTTP and gRPC port, then the Limiter's own arguments.</param>
    public static int Run(string[] args)
    {
        // Ours come last and win over the Limiter's.
        var builder = WebApplication.CreateBuilder([.. args[2..], $"--HTTP_PORT={args[0]}", $"--GRPC_PORT={args[1]}"]);
        builder.AddServiceDefaults();
        builder.AddSuiteEndpoints();
        builder.Services.AddGrpc();
        using var app = builder.Build();
        app.MapGrpcService<EmptyHandler>();
        app.StartAsync().GetAwaiter().GetResult();
        return typeof(LimiterOptions).Assembly.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [args[2..]], null) as int? ?? 0;
    }

    private sealed class EmptyHandler : LimiterApi.LimiterApiBase
    {
        // As large as a decision, and made anew for each call, as any handler's answer is.
        public override Task<DecideResponse> Decide(DecideRequest request, ServerCallContext context) => Task.FromResult(new DecideResponse
        {
            Allowed = true,
            Remaining = 1e9,
            Limit = 1e9,
            RefillRate = 100,
            ModelVersion = "bench",
            RequestId = "01932d2c-7c4e-7000-8000-000000000000",
            Reason = DecisionReason.WithinLimit,
            DecidedBy = DecidedBy.Bucket,
            Prediction = 100,
            Policy = "bench",
        });
    }
}
