using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Models;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Explainer.Tests.Service;

/// <summary>The whole Explainer in this process, on whatever database and broker it is given; every version it is asked for is <see cref="TinyModel"/>.</summary>
internal sealed class ExplainerHost : IAsyncDisposable
{
    /// <summary>Where nothing listens.</summary>
    public const string Nowhere = "127.0.0.1:2";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly WebApplicationFactory<Program> _application;
    private readonly GrpcChannel _channel;

    /// <param name="database">A connection string.</param>
    /// <param name="broker">Bootstrap servers.</param>
    /// <param name="time">The service's clock; null: this machine's.</param>
    /// <param name="settings">Of section Explainer.</param>
    public ExplainerHost(string database, string broker, TimeProvider? time = null, params (string Name, string Value)[] settings)
    {
        _application = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseSetting("Suite:Key", "only-for-these-tests-and-no-secret-at-all");
            host.UseSetting("ConnectionStrings:suite", database);
            host.UseSetting("ConnectionStrings:broker", broker);
            host.UseSetting("Logging:LogLevel:Default", "Error");
            foreach (var (name, value) in settings)
            {
                host.UseSetting($"Explainer:{name}", value);
            }

            host.ConfigureTestServices(services =>
            {
                services.Replace(ServiceDescriptor.Singleton<IModelSource>(new AnyVersion()));
                if (time is not null)
                {
                    services.Replace(ServiceDescriptor.Singleton(time));
                }
            });
        });
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = _application.Server.CreateHandler() });
        Client = new ExplainerApi.ExplainerApiClient(_channel);
    }

    public ExplainerApi.ExplainerApiClient Client { get; }

    /// <summary>Calls by method, for tests that send what no client would.</summary>
    public CallInvoker Invoker => _channel.CreateCallInvoker();

    public IServiceProvider Services => _application.Services;

    /// <summary>Headers of a service's call, which may do what viewers may besides.</summary>
    public Metadata Headers => new() { { "authorization", $"Bearer {Services.GetRequiredService<SuiteTokens>().Issue("limiter", SuiteRoles.Service)}" } };

    /// <summary>Submits decisions as a Limiter does, and waits until each was explained, sampled away or given up.</summary>
    public async Task<SubmitAck> SubmitAsync(IReadOnlyList<Decision> decisions)
    {
        using var call = Client.Submit(Headers);
        using var limit = new CancellationTokenSource(Longest);
        foreach (var message in decisions.Chunk(100))
        {
            await AskAsync(message);
        }

        // Whatever comes after them is handled after them: once one of these has failed, all are done.
        while ((await AskAsync(Unexplainable)).Failed == 0)
        {
        }

        var ack = await AskAsync(Unexplainable);
        await call.RequestStream.CompleteAsync();
        return ack;

        async Task<SubmitAck> AskAsync(params Decision[] message)
        {
            await call.RequestStream.WriteAsync(new ExplanationTasks { SchemaHash = FeatureSchema.V1.Hash, Decisions = { message } }, limit.Token);
            await call.ResponseStream.MoveNext(limit.Token);
            return call.ResponseStream.Current;
        }
    }

    /// <summary>Waits until the service says so of itself.</summary>
    public async Task<ExplainerStatus> UntilAsync(Func<ExplainerStatus, bool> isSo)
    {
        using var limit = new CancellationTokenSource(Longest);
        while (true)
        {
            var status = await Client.GetStatusAsync(new(), Headers, cancellationToken: limit.Token);
            if (isSo(status))
            {
                return status;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _application.DisposeAsync();
    }

    /// <summary>A decision with a feature vector that falls into one of the model's leaves.</summary>
    public static Decision Decided(int number, string client = "c", string subnet = "10.1.2.0/24", string version = "m1", DateTimeOffset? at = null)
    {
        var random = new Random(number);
        double[] features = [number % 7, 0.1 * random.NextDouble(), random.NextDouble(), number % 24, 1_000 * random.NextDouble(), random.NextDouble()];
        return new Decision
        {
            RequestId = $"{client}-{number}",
            DecidedAtUs = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeMilliseconds() * 1_000,
            ClientId = client,
            Subnet = subnet,
            Policy = "default",
            Allowed = number % 3 > 0,
            DecidedBy = DecidedBy.Bucket,
            Reason = number % 3 > 0 ? DecisionReason.WithinLimit : DecisionReason.BucketEmpty,
            Features = { features },
            Prediction = Predicted(features),
            RefillRate = Predicted(features),
            ModelVersion = version,
        };
    }

    // TinyModel by hand: a risk of at most 0.5 gets 100 tokens/s; else reputation decides between 20 and 60.
    private static double Predicted(double[] features) => features[FeatureSchema.ClientRisk] <= 0.5 ? 100 : features[FeatureSchema.IpReputation] <= 0.5 ? 20 : 60;

    private static Decision Unexplainable => new() { RequestId = "none" };

    private sealed class AnyVersion : IModelSource
    {
        public Task<byte[]> GetTextAsync(string version, CancellationToken cancellation) => Task.FromResult(TinyModel.Text);
    }
}
