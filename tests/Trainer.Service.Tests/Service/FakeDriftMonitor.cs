using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Trainer.Tests.Service;

/// <summary>A DriftMonitor that finds every model of the registry healthy in every arm, but for one that it is told about.</summary>
internal sealed class FakeDriftMonitor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Answers _answers;

    private FakeDriftMonitor(ModelRegistryReader registry)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        _answers = new(registry);
        builder.Services.AddSingleton(_answers);
        _app = builder.Build();
        _app.MapGrpcService<Api>();
    }

    public string Address => _app.Urls.First();

    /// <summary>The version that throttles wrongly.</summary>
    public string Harmful
    {
        set => _answers.Harmful = value;
    }

    public static async Task<FakeDriftMonitor> StartAsync(ModelRegistryReader registry)
    {
        var monitor = new FakeDriftMonitor(registry);
        await monitor._app.StartAsync();
        return monitor;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public sealed class Answers(ModelRegistryReader registry)
    {
        public ModelRegistryReader Registry { get; } = registry;

        public volatile string Harmful = "";
    }

    public sealed class Api(Answers answers) : DriftMonitorApi.DriftMonitorApiBase
    {
        public override async Task<ArmStatisticsResponse> GetArmStatistics(ArmStatisticsRequest request, ServerCallContext context)
        {
            var response = new ArmStatisticsResponse { Arms = { Arm("none", "", false) } };
            foreach (var model in await answers.Registry.ListAsync(100))
            {
                string[] arms = ["model", "canary", "beside"];
                response.Arms.AddRange(arms.Select(arm => Arm(arm, model.Version, model.Version == answers.Harmful)));
            }

            return response;
        }

        private static ArmStatistics Arm(string arm, string version, bool harmful) => new()
        {
            Arm = arm, ModelVersion = version, Decisions = 1_000, Denied = 100, WronglyThrottled = harmful ? 90UL : 5UL, Rows = 100, Mae = 0.1, LatencyP99S = 0.1,
            Blocks = { Enumerable.Repeat(new ArmBlock { Decisions = 100, WronglyThrottled = harmful ? 9UL : 0, Reported = 90, LatencyP99S = 0.1 }, 10) },
        };
    }
}
