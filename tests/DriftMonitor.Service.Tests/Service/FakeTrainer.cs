using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.DriftMonitor.Tests.Service;

/// <summary>A Trainer that trains nothing: it says its lines and remembers what it was asked.</summary>
internal sealed class FakeTrainer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Calls _calls = new();

    private FakeTrainer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_calls);
        _app = builder.Build();
        _app.MapGrpcService<Api>();
    }

    public ConcurrentQueue<RetrainRequest> Requests => _calls.Requests;

    /// <summary>Times that the next calls break off before the end.</summary>
    public int Breaks
    {
        set => _calls.Breaks = value;
    }

    public string Address => _app.Urls.First();

    public static async Task<FakeTrainer> StartAsync()
    {
        var trainer = new FakeTrainer();
        await trainer._app.StartAsync();
        return trainer;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    public sealed class Calls
    {
        private int _breaks;

        public ConcurrentQueue<RetrainRequest> Requests { get; } = [];

        public int Breaks
        {
            set => _breaks = value;
        }

        public bool TakeBreak() => Interlocked.Decrement(ref _breaks) >= 0;
    }

    public sealed class Api(Calls calls) : TrainerApi.TrainerApiBase
    {
        public override async Task Retrain(RetrainRequest request, IServerStreamWriter<TrainingProgress> responseStream, ServerCallContext context)
        {
            calls.Requests.Enqueue(request);
            await responseStream.WriteAsync(new TrainingProgress { Step = "train", Message = "200 trees" });
            if (calls.TakeBreak())
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "killed"));
            }

            await responseStream.WriteAsync(new TrainingProgress { Step = "done", ModelVersion = "m2" });
        }
    }
}
