using Confluent.Kafka;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.DriftMonitor.Tests.Service;

/// <summary>The whole service, in process, against a real PostgreSQL, the embedded broker and a fake Trainer.</summary>
public class ServiceFixture : IAsyncLifetime
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly PostgresFixture _postgres = new();
    private readonly BrokerFixture _broker = new();
    private IProducer<byte[], byte[]>? _producer;
    private WebApplication? _app;

    internal FakeTrainer Trainer { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public BrokerProcess Broker => _broker.Broker;

    /// <summary>What the service is started with.</summary>
    public string[] Arguments =>
    [
        $"--ConnectionStrings:suite={Database.ConnectionString}", $"--ConnectionStrings:broker={_broker.Servers}", "--HTTP_PORT=0", "--GRPC_PORT=0",
        "--Suite:Key=a-key-for-tests-only-a-key-for-tests-only", "--Loop:Profile=smoke", "--Loop:DetectorWindow=00:00:05", "--Loop:QuietWindows=0",
        $"--services:trainer:grpc:0={Trainer.Address}", "--DriftMonitor:IdleAfter=00:10:00", "--Drift:LeastRows=10", "--Drift:LeastDecisions=50",
        "--Logging:LogLevel:Default=Warning",
    ];

    public async Task InitializeAsync()
    {
        var database = StartDatabaseAsync();
        await Task.WhenAll(database, _broker.InitializeAsync());
        Database = NpgsqlDataSource.Create(await database);
        Trainer = await FakeTrainer.StartAsync();
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = _broker.Servers, LingerMs = 1 }).Build();
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        _producer?.Dispose();
        await Trainer.DisposeAsync();
        await _broker.DisposeAsync();
        await Database.DisposeAsync();
        await EndDatabaseAsync();
    }

    /// <summary>Starts what the service writes to.</summary>
    /// <returns>How to connect to it.</returns>
    protected virtual async Task<string> StartDatabaseAsync()
    {
        await _postgres.InitializeAsync();
        return _postgres.ConnectionString;
    }

    /// <summary>Ends it.</summary>
    protected virtual Task EndDatabaseAsync() => _postgres.DisposeAsync();

    public async Task StartAsync()
    {
        _app = DriftMonitorApp.Create(Arguments);
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    internal DriftMonitorApi.DriftMonitorApiClient Client(string? role = SuiteRoles.Viewer) =>
        new(role is null ? Invoker() : new TokenInvoker(Invoker(), Headers(role)));

    /// <summary>Calls by method, for tests that send what no client would.</summary>
    internal CallInvoker Invoker() => GrpcChannel.ForAddress(_app!.Urls.Last()).CreateCallInvoker();   // HTTP first, then gRPC

    /// <summary>Headers of a caller with a role.</summary>
    internal Grpc.Core.Metadata Headers(string role) => new() { { "authorization", $"Bearer {_app!.Services.GetRequiredService<SuiteTokens>().Issue("test", role)}" } };

    internal async Task SendAsync(string topic, int partition, byte[] value) =>
        await _producer!.ProduceAsync(new TopicPartition(topic, partition), new Message<byte[], byte[]> { Key = "api"u8.ToArray(), Value = value });

    /// <summary>A second of traffic of three clients, all admitted and done.</summary>
    internal async Task SendSecondAsync(DateTimeOffset second, double prediction, int requests = 60)
    {
        var decisions = new DecisionBatch { SchemaHash = FeatureSchema.V1.Hash };
        var outcomes = new OutcomeBatch();
        var from = (second - DateTimeOffset.UnixEpoch).Ticks / 10;
        for (var i = 0; i < requests; i++)
        {
            var decision = Tests.Windows.Traffic.Decide(0, $"c{i % 3}", $"{from}-{i}", prediction: prediction);
            decision.DecidedAtUs = from + (i * 1_000_000L / requests);
            decisions.Decisions.Add(decision);
            var outcome = Tests.Windows.Traffic.Complete(0, decision.RequestId);
            outcome.CompletedAtUs = decision.DecidedAtUs + 10_000;
            outcomes.Outcomes.Add(outcome);
        }

        await SendAsync(Topics.Decisions, 0, Google.Protobuf.MessageExtensions.ToByteArray(decisions));
        await SendAsync(Topics.Outcomes, 0, Google.Protobuf.MessageExtensions.ToByteArray(outcomes));
    }

    internal async Task<object?> ScalarAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Waits until a query answers true.</summary>
    internal async Task UntilAsync(string sql)
    {
        using var timeout = new CancellationTokenSource(AtMost);
        while (true)
        {
            try
            {
                if (await ScalarAsync(sql) is true)
                {
                    return;
                }
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // The service is still making its tables.
            }
            catch (NpgsqlException fault) when (fault is not PostgresException { SqlState: not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown) })
            {
                // The server was killed under a pooled connection, whose process may have had time to say so; the next one is new.
            }

            try
            {
                await Task.Delay(LookEvery, timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Within {AtMost.TotalSeconds} s this never was so: {sql}");
            }
        }
    }

    private sealed class TokenInvoker(CallInvoker inner, Grpc.Core.Metadata headers) : CallInvoker
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            inner.BlockingUnaryCall(method, host, options.WithHeaders(headers), request);

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            inner.AsyncUnaryCall(method, host, options.WithHeaders(headers), request);

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            inner.AsyncServerStreamingCall(method, host, options.WithHeaders(headers), request);

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            inner.AsyncClientStreamingCall(method, host, options.WithHeaders(headers));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            inner.AsyncDuplexStreamingCall(method, host, options.WithHeaders(headers));
    }
}
